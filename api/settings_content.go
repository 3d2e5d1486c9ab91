package api

import (
	"context"

	"heraut/fault"
	"heraut/settings"
)

// GetContentToken answers GET /v1/settings/content-token.
func (h *handlers) GetContentToken(ctx context.Context, _ GetContentTokenRequestObject) (GetContentTokenResponseObject, error) {
	t, version, err := h.contentToken(ctx)
	switch {
	case err != nil:
		return nil, err
	case version == 0:
		return nil, noContentToken()
	}
	return GetContentToken200JSONResponse(showContentToken(t)), nil
}

// PutContentToken answers PUT /v1/settings/content-token. Nothing is claimed
// before the token is known to be of the right location.
func (h *handlers) PutContentToken(ctx context.Context, r PutContentTokenRequestObject) (PutContentTokenResponseObject, error) {
	takeOver := valueOf(r.Body.TakeOver)
	given, secret, err := h.d.ContentToken.Read(ctx, valueOf(r.Body.TokenFile))
	if err != nil {
		return nil, err
	}
	installed, version, err := h.contentToken(ctx)
	if err != nil {
		return nil, err
	}
	if version > 0 && installed.UID != given.UID && !takeOver {
		return nil, otherLocation(installed, given)
	}
	claimed, err := h.d.ContentToken.Claim(ctx, secret, takeOver)
	if err != nil {
		return nil, err
	}
	_, err = h.d.Settings.PutSetting(ctx, actor(ctx), settings.NameContentToken, claimed, secret, &version)
	if fault.Is(err, fault.PreconditionFailed) {
		return nil, fault.New(fault.Conflict, "Somebody else changed the content token in the meantime; look at it, and try again.")
	}
	if err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx) // so that the location's apps and books can be assigned
	return PutContentToken200JSONResponse(showContentToken(claimed)), nil
}

// DeleteContentToken answers DELETE /v1/settings/content-token.
func (h *handlers) DeleteContentToken(ctx context.Context, _ DeleteContentTokenRequestObject) (DeleteContentTokenResponseObject, error) {
	_, version, err := h.contentToken(ctx)
	switch {
	case err != nil:
		return nil, err
	case version == 0:
		return nil, noContentToken()
	}
	if err := h.d.Settings.DeleteSetting(ctx, actor(ctx), settings.NameContentToken); err != nil {
		return nil, err
	}
	return DeleteContentToken204Response{}, nil
}

func (h *handlers) contentToken(ctx context.Context) (t settings.ContentToken, version int64, err error) {
	version, err = h.d.Settings.Setting(ctx, settings.NameContentToken, &t)
	return t, version, err
}

func noContentToken() error { return fault.New(fault.NotFound, "There is no content token.") }

// otherLocation refuses to replace a token by one that spends other licenses.
func otherLocation(installed, given settings.ContentToken) error {
	f := fault.New(fault.Conflict, "This content token is of another location than the installed one. "+
		"One location can be installed at a time; with take_over it replaces the installed one.")
	f.Details = map[string]any{"installed": placeOf(installed), "given": placeOf(given)}
	return f
}

func placeOf(t settings.ContentToken) map[string]string {
	return map[string]string{"organization": t.Organization, "location": t.Location, "uid": t.UID}
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
