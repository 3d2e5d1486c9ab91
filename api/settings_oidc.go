package api

import (
	"context"

	"heraut/fault"
	"heraut/settings"
)

func (h *handlers) oidc(ctx context.Context) (set settings.OIDC, version int64, err error) {
	version, err = h.d.Settings.Setting(ctx, settings.NameOIDC, &set)
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "There is no identity provider.")
	}
	return set, version, err
}

// GetOIDC answers GET /v1/settings/oidc.
func (h *handlers) GetOIDC(ctx context.Context, _ GetOIDCRequestObject) (GetOIDCResponseObject, error) {
	set, version, err := h.oidc(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := h.showOIDC(ctx, set)
	return GetOIDC200JSONResponse{Body: shown, Headers: GetOIDC200ResponseHeaders{ETag: etagOf(version)}}, err
}

// PutOIDC answers PUT /v1/settings/oidc. Nothing changes before the provider
// has answered.
func (h *handlers) PutOIDC(ctx context.Context, r PutOIDCRequestObject) (PutOIDCResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	set := readOIDC(*r.Body)
	if err := set.Check(); err != nil {
		return nil, err
	}
	secret, err := h.oidcSecret(ctx, set, *r.Body)
	if err != nil {
		return nil, err
	}
	if err := h.d.OIDC.CheckOIDC(ctx, set); err != nil {
		return nil, err
	}
	now, err := h.d.Settings.PutSetting(ctx, actor(ctx), settings.NameOIDC, set, secret, version)
	if err != nil {
		return nil, err
	}
	shown, err := h.showOIDC(ctx, set)
	return PutOIDC200JSONResponse{Body: shown, Headers: PutOIDC200ResponseHeaders{ETag: etagOf(now)}}, err
}

// oidcSecret is what becomes of the client secret: nil keeps it. It is not
// sent to another provider than it was given for.
func (h *handlers) oidcSecret(ctx context.Context, set settings.OIDC, body OIDCSettingsPut) ([]byte, error) {
	if body.ClientSecret.IsSpecified() {
		return []byte(set.ClientSecret), nil
	}
	before, version, err := h.oidc(ctx)
	if version == 0 {
		if fault.Is(err, fault.NotFound) {
			err = nil
		}
		return nil, err
	}
	stored, err := h.d.Settings.SettingSecret(ctx, settings.NameOIDC)
	if err != nil {
		return nil, err
	}
	if len(stored) > 0 && (before.Issuer != set.Issuer || before.ClientID != set.ClientID) {
		return nil, fault.Invalid(fault.Field{Pointer: "/client_secret", Message: "Give the client secret again: it was given for another provider or client."})
	}
	return nil, nil
}

// DeleteOIDC answers DELETE /v1/settings/oidc.
func (h *handlers) DeleteOIDC(ctx context.Context, _ DeleteOIDCRequestObject) (DeleteOIDCResponseObject, error) {
	if _, _, err := h.oidc(ctx); err != nil {
		return nil, err
	}
	if err := h.d.Settings.DeleteSetting(ctx, actor(ctx), settings.NameOIDC); err != nil {
		return nil, err
	}
	return DeleteOIDC204Response{}, nil
}

func readOIDC(body OIDCSettingsPut) settings.OIDC {
	set := settings.OIDC{
		Issuer: body.Issuer, ClientID: body.ClientID, ClientSecret: textOf(body.ClientSecret), RoleClaim: textOf(body.RoleClaim),
		DefaultRole: textOf(body.DefaultRole), ButtonLabel: textOf(body.ButtonLabel), Roles: map[string]string{},
	}
	for value, role := range valueOf(body.Roles) {
		set.Roles[value] = string(role)
	}
	return set
}

func (h *handlers) showOIDC(ctx context.Context, set settings.OIDC) (OIDCSettings, error) {
	secret, err := h.d.Settings.SettingSecret(ctx, settings.NameOIDC)
	if err != nil {
		return OIDCSettings{}, err
	}
	shown := OIDCSettings{
		Issuer: set.Issuer, ClientID: set.ClientID, ClientSecretSet: len(secret) > 0, RoleClaim: orNull[string](set.RoleClaim),
		DefaultRole: orNull[OIDCSettingsDefaultRole](set.DefaultRole), ButtonLabel: orNull[string](set.ButtonLabel),
		RedirectURL: orNull[string](h.d.OIDC.RedirectURL()), Roles: map[string]Role{},
	}
	for value, role := range set.Roles {
		shown.Roles[value] = Role(role)
	}
	return shown, nil
}
