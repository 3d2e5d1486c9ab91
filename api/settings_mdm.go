package api

import (
	"context"
	"encoding/json"
	"fmt"

	"heraut/fault"
	"heraut/settings"
)

// mdmServer reads whose MDM server carries invitations, without its keys.
func (h *handlers) mdmServer(ctx context.Context) (settings.MDMServer, int64, error) {
	set := settings.DefaultMDMServer()
	version, err := h.d.Settings.Setting(ctx, settings.NameMDMServer, &set)
	return set, version, err
}

// GetMDMServer answers GET /v1/settings/mdm.
func (h *handlers) GetMDMServer(ctx context.Context, _ GetMDMServerRequestObject) (GetMDMServerResponseObject, error) {
	set, version, err := h.mdmServer(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := h.mdmSecrets(ctx)
	if err != nil {
		return nil, err
	}
	return GetMDMServer200JSONResponse{Body: h.showMDMServer(set, keys), Headers: GetMDMServer200ResponseHeaders{ETag: etagOf(version)}}, nil
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
	keys, err := h.newMDMSecrets(ctx, set, *r.Body)
	if err != nil {
		return nil, err
	}
	if err := set.Check(keys); err != nil {
		return nil, err
	}
	secret := []byte{} // a server that is gone takes its keys along
	if set.Mode == settings.MDMExternal {
		if err := h.d.MDMServers.CheckMDM(ctx, set, keys); err != nil {
			return nil, err
		}
		if secret, err = json.Marshal(keys); err != nil { //nolint:gosec // the store seals it
			return nil, fmt.Errorf("writing the keys of the MDM server: %w", err)
		}
	}
	now, err := h.d.Settings.PutSetting(ctx, actor(ctx), settings.NameMDMServer, set, secret, version)
	if err != nil {
		return nil, err
	}
	return PutMDMServer200JSONResponse{Body: h.showMDMServer(set, keys), Headers: PutMDMServer200ResponseHeaders{ETag: etagOf(now)}}, nil
}

// mdmSecrets are the keys as they are; without a server elsewhere there are
// none.
func (h *handlers) mdmSecrets(ctx context.Context) (settings.MDMSecrets, error) {
	var keys settings.MDMSecrets
	stored, err := h.d.Settings.SettingSecret(ctx, settings.NameMDMServer)
	if err == nil && len(stored) > 0 {
		err = json.Unmarshal(stored, &keys)
	}
	if err != nil {
		return keys, fmt.Errorf("reading the keys of the MDM server: %w", err)
	}
	return keys, nil
}

// newMDMSecrets are the keys as they will be. A kept API key goes to the
// server it was given for and to no other.
func (h *handlers) newMDMSecrets(ctx context.Context, set settings.MDMServer, body MDMServerPut) (settings.MDMSecrets, error) {
	if set.Mode != settings.MDMExternal {
		return settings.MDMSecrets{}, nil
	}
	before, _, err := h.mdmServer(ctx)
	if err != nil {
		return settings.MDMSecrets{}, err
	}
	keys, err := h.mdmSecrets(ctx)
	if err != nil {
		return keys, err
	}
	if keys.APIKey != "" && before.URL != set.URL && !body.APIKey.IsSpecified() {
		return keys, fault.Invalid(fault.Field{Pointer: "/api_key", Message: "Give the key again: it was given for another server."})
	}
	patchText(&keys.APIKey, body.APIKey)
	patchText(&keys.WebhookSecret, body.WebhookSecret)
	return keys, nil
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

// mdmWebhook is where an MDM server elsewhere sends its events.
const mdmWebhook = "/mdm/webhook"

func (h *handlers) showMDMServer(set settings.MDMServer, keys settings.MDMSecrets) MDMServer {
	shown := MDMServer{
		Mode: MDMMode(set.Mode), URL: orNull[string](set.URL), AnswerWithin: set.AnswerWithin.String(),
		APIKeySet: keys.APIKey != "", WebhookSecretSet: keys.WebhookSecret != "",
	}
	shown.WebhookURL.SetNull()
	if h.d.PublicURL != "" {
		shown.WebhookURL.Set(h.d.PublicURL + mdmWebhook)
	}
	return shown
}
