package api

import (
	"context"

	"heraut/office"
	"heraut/settings"
)

// ListContentTokens answers GET /v1/settings/content-tokens.
func (h *handlers) ListContentTokens(ctx context.Context, _ ListContentTokensRequestObject) (ListContentTokensResponseObject, error) {
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	items := shown(tokens, func(t settings.InstalledToken) ContentTokenSettings { return showContentToken(t.ContentToken) })
	return ListContentTokens200JSONResponse{Items: items}, err
}

// GetContentToken answers GET /v1/settings/content-token.
func (h *handlers) GetContentToken(ctx context.Context, r GetContentTokenRequestObject) (GetContentTokenResponseObject, error) {
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	if err != nil {
		return nil, err
	}
	i := settings.TokenOf(tokens, valueOf(r.Params.Location))
	if i < 0 {
		return nil, office.NoContentToken()
	}
	return GetContentToken200JSONResponse(showContentToken(tokens[i].ContentToken)), nil
}

// PutContentToken answers PUT /v1/settings/content-token.
func (h *handlers) PutContentToken(ctx context.Context, r PutContentTokenRequestObject) (PutContentTokenResponseObject, error) {
	claimed, err := h.settings.PutToken(ctx, actor(ctx), valueOf(r.Body.TokenFile), valueOf(r.Body.TakeOver))
	if err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx) // so that the location's apps and books can be assigned
	return PutContentToken200JSONResponse(showContentToken(claimed)), nil
}

// DeleteContentToken answers DELETE /v1/settings/content-token.
func (h *handlers) DeleteContentToken(ctx context.Context, r DeleteContentTokenRequestObject) (DeleteContentTokenResponseObject, error) {
	if err := h.settings.RemoveToken(ctx, actor(ctx), valueOf(r.Params.Location), valueOf(r.Params.Force)); err != nil {
		return nil, err
	}
	return DeleteContentToken204Response{}, nil
}

func showContentToken(t settings.ContentToken) ContentTokenSettings {
	shown := ContentTokenSettings{
		Organization: t.Organization, Location: t.Location, UID: t.UID, ExpiresAt: t.ExpiresAt.UTC(),
		ClaimedByUs: t.ClaimedByUs, CheckedAt: t.CheckedAt.UTC(),
	}
	shown.Notifications = NotificationState{
		URL: orNull[string](t.Notifications.URL), Active: t.Notifications.Active, Detail: t.Notifications.Detail,
	}
	shown.Owner.SetNull()
	if t.Owner != nil {
		shown.Owner.Set(LocationOwner{Name: t.Owner.Name, Metadata: t.Owner.Metadata})
	}
	return shown
}
