package api

import (
	"context"

	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// ListPushCertificates answers GET /v1/settings/push.
func (h *handlers) ListPushCertificates(ctx context.Context, _ ListPushCertificatesRequestObject) (ListPushCertificatesResponseObject, error) {
	items := []PushCertificate{}
	for _, kind := range office.PushKinds {
		c, installed, err := h.settings.Certificate(ctx, kind)
		if err != nil {
			return nil, err
		}
		if installed {
			items = append(items, showCertificate(kind, c))
		}
	}
	return ListPushCertificates200JSONResponse{Items: items}, nil
}

// PutPushCertificate answers PUT /v1/settings/push/{kind}.
func (h *handlers) PutPushCertificate(ctx context.Context, r PutPushCertificateRequestObject) (PutPushCertificateResponseObject, error) {
	kind, key := people.PushKind(r.Kind), []byte(valueOf(r.Body.PrivateKeyPem))
	c, err := h.settings.PutCertificate(ctx, actor(ctx), kind, []byte(r.Body.CertificatePem), key, valueOf(r.Body.ChangeTopic))
	if err != nil {
		return nil, err
	}
	return PutPushCertificate200JSONResponse(showCertificate(kind, c)), nil
}

// DeletePushCertificate answers DELETE /v1/settings/push/{kind}.
func (h *handlers) DeletePushCertificate(ctx context.Context, r DeletePushCertificateRequestObject) (DeletePushCertificateResponseObject, error) {
	if err := h.settings.DeleteCertificate(ctx, actor(ctx), people.PushKind(r.Kind)); err != nil {
		return nil, err
	}
	return DeletePushCertificate204Response{}, nil
}

func showCertificate(kind people.PushKind, c settings.PushCertificate) PushCertificate {
	return PushCertificate{Kind: PushKind(kind), Topic: c.Topic, NotAfter: c.NotAfter.UTC()}
}
