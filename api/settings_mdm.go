package api

import (
	"context"

	"heraut/fault"
	"heraut/office"
	"heraut/settings"
)

// GetMDMServer answers GET /v1/settings/mdm.
func (h *handlers) GetMDMServer(ctx context.Context, _ GetMDMServerRequestObject) (GetMDMServerResponseObject, error) {
	set, version, err := h.settings.MDM(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := h.showMDMServer(ctx, set)
	return GetMDMServer200JSONResponse{Body: shown, Headers: GetMDMServer200ResponseHeaders{ETag: etagOf(version)}}, err
}

// PutMDMServer answers PUT /v1/settings/mdm.
func (h *handlers) PutMDMServer(ctx context.Context, r PutMDMServerRequestObject) (PutMDMServerResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	set, err := readMDMServer(*r.Body)
	if err != nil {
		return nil, err
	}
	keys := office.MDMKeys{APIKey: given(r.Body.APIKey), WebhookSecret: given(r.Body.WebhookSecret)}
	now, err := h.settings.PutMDM(ctx, actor(ctx), set, keys, version)
	if err != nil {
		return nil, err
	}
	shown, err := h.showMDMServer(ctx, set)
	return PutMDMServer200JSONResponse{Body: shown, Headers: PutMDMServer200ResponseHeaders{ETag: etagOf(now)}}, err
}

// readMDMServer fills in what the caller may leave out.
func readMDMServer(body MDMServerPut) (settings.MDMServer, error) {
	set := settings.DefaultMDMServer()
	set.Mode = settings.MDMMode(body.Mode)
	if set.Mode == settings.MDMExternal {
		set.URL = textOf(body.URL)
	}
	if body.AnswerWithin == nil {
		return set, nil
	}
	var err error
	if set.AnswerWithin, err = settings.ParseDuration(*body.AnswerWithin); err != nil {
		return set, fault.Invalid(fault.Field{Pointer: "/answer_within", Message: err.Error()})
	}
	return set, nil
}

func (h *handlers) showMDMServer(ctx context.Context, set settings.MDMServer) (MDMServer, error) {
	apiKey, webhookSecret, err := h.settings.MDMKeysSet(ctx)
	shown := MDMServer{
		Mode: MDMMode(set.Mode), URL: orNull[string](set.URL), AnswerWithin: set.AnswerWithin.String(),
		APIKeySet: apiKey, WebhookSecretSet: webhookSecret,
	}
	shown.WebhookURL.SetNull()
	if h.d.PublicURL != "" {
		shown.WebhookURL.Set(h.d.PublicURL + office.MDMWebhook)
	}
	return shown, err
}
