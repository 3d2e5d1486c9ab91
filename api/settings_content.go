package api

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
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
		return nil, noContentToken()
	}
	return GetContentToken200JSONResponse(showContentToken(tokens[i].ContentToken)), nil
}

// PutContentToken answers PUT /v1/settings/content-token. Nothing is claimed
// before the token is known to be of the right organization.
func (h *handlers) PutContentToken(ctx context.Context, r PutContentTokenRequestObject) (PutContentTokenResponseObject, error) {
	takeOver := valueOf(r.Body.TakeOver)
	given, secret, err := h.d.ContentToken.Read(ctx, valueOf(r.Body.TokenFile))
	if err != nil {
		return nil, err
	}
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	if err != nil {
		return nil, err
	}
	if len(tokens) > 0 && tokens[0].Organization != given.Organization && !takeOver {
		return nil, otherOrganization(tokens[0].ContentToken, given)
	}
	claimed, err := h.d.ContentToken.Claim(ctx, secret, takeOver)
	if err != nil {
		return nil, err
	}
	if err := h.installToken(ctx, tokens, claimed, secret); err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx) // so that the location's apps and books can be assigned
	return PutContentToken200JSONResponse(showContentToken(claimed)), nil
}

// installToken renews the token of a location, or installs it beside others.
func (h *handlers) installToken(ctx context.Context, tokens []settings.InstalledToken, claimed settings.ContentToken, secret []byte) error {
	name, rank := settings.NextToken(tokens, claimed.UID)
	version := int64(0)
	if i := slices.IndexFunc(tokens, func(t settings.InstalledToken) bool { return t.UID == claimed.UID }); i >= 0 {
		name, rank, version = tokens[i].Name, tokens[i].Rank, tokens[i].Version
	}
	claimed.Rank = rank
	_, err := h.d.Settings.PutSetting(ctx, actor(ctx), name, claimed, secret, &version)
	if fault.Is(err, fault.PreconditionFailed) {
		return fault.New(fault.Conflict, "Somebody else changed the content token in the meantime; look at it, and try again.")
	}
	return err
}

// DeleteContentToken answers DELETE /v1/settings/content-token.
func (h *handlers) DeleteContentToken(ctx context.Context, r DeleteContentTokenRequestObject) (DeleteContentTokenResponseObject, error) {
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	if err != nil {
		return nil, err
	}
	location := valueOf(r.Params.Location)
	i := settings.TokenOf(tokens, location)
	switch {
	case i < 0:
		return nil, noContentToken()
	case location == "" && len(tokens) > 1:
		return nil, fault.Invalid(fault.Field{Pointer: "location", Message: "Several content tokens are installed; name the location whose token is to be removed."})
	}
	if err := h.d.ContentTokens.RemoveContentToken(ctx, actor(ctx), tokens[i].UID, valueOf(r.Params.Force)); err != nil {
		return nil, err
	}
	return DeleteContentToken204Response{}, nil
}

func noContentToken() error { return fault.New(fault.NotFound, "There is no content token.") }

// otherOrganization refuses a token that spends the licenses of somebody else.
func otherOrganization(installed, given settings.ContentToken) error {
	f := fault.New(fault.Conflict, fmt.Sprintf("This content token is of another organization (%s) than what is installed (%s). With take_over it is installed all the same.",
		given.Organization, installed.Organization))
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
