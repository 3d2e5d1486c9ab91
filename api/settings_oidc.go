package api

import (
	"context"

	"heraut/settings"
)

// GetOIDC answers GET /v1/settings/oidc.
func (h *handlers) GetOIDC(ctx context.Context, _ GetOIDCRequestObject) (GetOIDCResponseObject, error) {
	set, version, err := h.settings.OIDC(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := h.showOIDC(ctx, set)
	return GetOIDC200JSONResponse{Body: shown, Headers: GetOIDC200ResponseHeaders{ETag: etagOf(version)}}, err
}

// PutOIDC answers PUT /v1/settings/oidc.
func (h *handlers) PutOIDC(ctx context.Context, r PutOIDCRequestObject) (PutOIDCResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	set := readOIDC(*r.Body)
	now, err := h.settings.PutOIDC(ctx, actor(ctx), set, given(r.Body.ClientSecret), version)
	if err != nil {
		return nil, err
	}
	shown, err := h.showOIDC(ctx, set)
	return PutOIDC200JSONResponse{Body: shown, Headers: PutOIDC200ResponseHeaders{ETag: etagOf(now)}}, err
}

// DeleteOIDC answers DELETE /v1/settings/oidc.
func (h *handlers) DeleteOIDC(ctx context.Context, _ DeleteOIDCRequestObject) (DeleteOIDCResponseObject, error) {
	if err := h.settings.DeleteOIDC(ctx, actor(ctx)); err != nil {
		return nil, err
	}
	return DeleteOIDC204Response{}, nil
}

func readOIDC(body OIDCSettingsPut) settings.OIDC {
	set := settings.OIDC{
		Issuer: body.Issuer, ClientID: body.ClientID, RoleClaim: textOf(body.RoleClaim),
		DefaultRole: textOf(body.DefaultRole), ButtonLabel: textOf(body.ButtonLabel), Roles: map[string]string{},
	}
	for value, role := range valueOf(body.Roles) {
		set.Roles[value] = string(role)
	}
	return set
}

func (h *handlers) showOIDC(ctx context.Context, set settings.OIDC) (OIDCSettings, error) {
	secret, err := h.settings.OIDCSecretSet(ctx)
	if err != nil {
		return OIDCSettings{}, err
	}
	shown := OIDCSettings{
		Issuer: set.Issuer, ClientID: set.ClientID, ClientSecretSet: secret, RoleClaim: orNull[string](set.RoleClaim),
		DefaultRole: orNull[OIDCSettingsDefaultRole](set.DefaultRole), ButtonLabel: orNull[string](set.ButtonLabel),
		RedirectURL: orNull[string](h.d.OIDC.RedirectURL()), Roles: map[string]Role{},
	}
	for value, role := range set.Roles {
		shown.Roles[value] = Role(role)
	}
	return shown, nil
}
