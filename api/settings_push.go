package api

import (
	"context"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// ListPushCertificates answers GET /v1/settings/push.
func (h *handlers) ListPushCertificates(ctx context.Context, _ ListPushCertificatesRequestObject) (ListPushCertificatesResponseObject, error) {
	items := []PushCertificate{}
	for _, kind := range []people.PushKind{people.PushMDM, people.PushAlert} {
		var c settings.PushCertificate
		version, err := h.d.Settings.Setting(ctx, settings.NamePush(kind), &c)
		if err != nil {
			return nil, err
		}
		if version > 0 {
			items = append(items, showCertificate(kind, c))
		}
	}
	return ListPushCertificates200JSONResponse{Items: items}, nil
}

// PutPushCertificate answers PUT /v1/settings/push/{kind}.
func (h *handlers) PutPushCertificate(ctx context.Context, r PutPushCertificateRequestObject) (PutPushCertificateResponseObject, error) {
	kind, key := people.PushKind(r.Kind), []byte(valueOf(r.Body.PrivateKeyPem))
	c, err := h.d.Certificates.ReadCertificate([]byte(r.Body.CertificatePem), key, kind)
	if err != nil {
		return nil, err
	}
	if !valueOf(r.Body.ChangeTopic) {
		if err := h.sameTopic(ctx, kind, c.Topic); err != nil {
			return nil, err
		}
	}
	if _, err := h.d.Settings.PutSetting(ctx, actor(ctx), settings.NamePush(kind), c, key, nil); err != nil {
		return nil, err
	}
	return PutPushCertificate200JSONResponse(showCertificate(kind, c)), nil
}

// sameTopic refuses to part from the devices: they take pushes for the topic
// that they enrolled with, and for no other.
func (h *handlers) sameTopic(ctx context.Context, kind people.PushKind, topic string) error {
	var installed settings.PushCertificate
	version, err := h.d.Settings.Setting(ctx, settings.NamePush(kind), &installed)
	if err != nil || version == 0 || kind != people.PushMDM || installed.Topic == topic {
		return err
	}
	f := fault.New(fault.Conflict, "This certificate has another topic than the installed one: every device would have to enroll again. "+
		"Renew the installed certificate with the Apple Account that made it; or replace it with change_topic.")
	f.Details = map[string]any{"installed": installed.Topic, "given": topic}
	return f
}

// DeletePushCertificate answers DELETE /v1/settings/push/{kind}.
func (h *handlers) DeletePushCertificate(ctx context.Context, r DeletePushCertificateRequestObject) (DeletePushCertificateResponseObject, error) {
	name := settings.NamePush(r.Kind)
	var c settings.PushCertificate
	version, err := h.d.Settings.Setting(ctx, name, &c)
	if err != nil {
		return nil, err
	}
	if version == 0 {
		return nil, fault.New(fault.NotFound, "There is no push certificate of this kind.")
	}
	if err := h.d.Settings.DeleteSetting(ctx, actor(ctx), name); err != nil {
		return nil, err
	}
	return DeletePushCertificate204Response{}, nil
}

func showCertificate(kind people.PushKind, c settings.PushCertificate) PushCertificate {
	return PushCertificate{Kind: PushKind(kind), Topic: c.Topic, NotAfter: c.NotAfter.UTC()}
}
