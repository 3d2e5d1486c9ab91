package api

import (
	"context"

	"heraut/people"
)

// ListAdministrators answers GET /v1/administrators.
func (h *handlers) ListAdministrators(ctx context.Context, r ListAdministratorsRequestObject) (ListAdministratorsResponseObject, error) {
	p, err := h.page("administrators", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Administrators.ListAdministrators(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListAdministrators200JSONResponse{Items: shown(page.Items, showAdministrator), NextCursor: next}, err
}

// CreateAdministrator answers POST /v1/administrators. Where the answer was
// lost, the administrator gets another link.
func (h *handlers) CreateAdministrator(ctx context.Context, r CreateAdministratorRequestObject) (CreateAdministratorResponseObject, error) {
	if err := h.signIn.Check(); err != nil {
		return nil, err
	}
	a, err := h.createAdministrator(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	link, err := h.signInLink(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return CreateAdministrator201JSONResponse{
		Body:    NewAdministrator{Administrator: showAdministrator(a), Link: link},
		Headers: CreateAdministrator201ResponseHeaders{ETag: etagOf(a.Version), Location: "/v1/administrators/" + a.ID},
	}, nil
}

func (h *handlers) createAdministrator(ctx context.Context, body AdministratorCreate) (people.Administrator, error) {
	if id, made := madeBefore(ctx, "administrator"); made {
		return h.d.Administrators.Administrator(ctx, id)
	}
	return h.d.Administrators.CreateAdministrator(ctx, actor(ctx), people.Administrator{
		Name: body.Name, Login: body.Login, Role: people.Role(body.Role), Language: textOf(body.Language),
	})
}

// UpdateAdministrator answers PATCH /v1/administrators/{id}.
func (h *handlers) UpdateAdministrator(ctx context.Context, r UpdateAdministratorRequestObject) (UpdateAdministratorResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	a, err := h.d.Administrators.UpdateAdministrator(ctx, actor(ctx), r.ID, version, func(a people.Administrator) (people.Administrator, error) {
		patch(&a.Name, r.Body.Name)
		patch(&a.Login, r.Body.Login)
		patchText(&a.Language, r.Body.Language)
		if r.Body.Role != nil {
			a.Role = people.Role(*r.Body.Role)
		}
		return a, nil
	})
	if err != nil {
		return nil, err
	}
	return UpdateAdministrator200JSONResponse{Body: showAdministrator(a), Headers: UpdateAdministrator200ResponseHeaders{ETag: etagOf(a.Version)}}, nil
}

// DeleteAdministrator answers DELETE /v1/administrators/{id}.
func (h *handlers) DeleteAdministrator(ctx context.Context, r DeleteAdministratorRequestObject) (DeleteAdministratorResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := h.d.Administrators.DeleteAdministrator(ctx, actor(ctx), r.ID, version); err != nil {
		return nil, err
	}
	return DeleteAdministrator204Response{}, nil
}

// CreateAdministratorLink answers POST /v1/administrators/{id}/link. A link
// whose answer was lost ends when it is asked for again.
func (h *handlers) CreateAdministratorLink(ctx context.Context, r CreateAdministratorLinkRequestObject) (CreateAdministratorLinkResponseObject, error) {
	link, err := h.signInLink(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return CreateAdministratorLink201JSONResponse(link), nil
}

// signInLink makes a one-time link for an administrator.
func (h *handlers) signInLink(ctx context.Context, administratorID string) (SignInLink, error) {
	link, err := h.signIn.New(ctx, actor(ctx), administratorID)
	return SignInLink{URL: link.URL, ExpiresAt: link.ExpiresAt.UTC()}, err
}

func showAdministrator(a people.Administrator) Administrator {
	return Administrator{
		ID: a.ID, Name: a.Name, Login: a.Login, Role: Role(a.Role), Language: orNull[NullableLanguage](a.Language),
		HasPassphrase: a.HasPassphrase, Issuer: orNull[string](a.Issuer), CreatedAt: a.CreatedAt.UTC(), LastSeenAt: timeOrNull(a.LastSeenAt),
	}
}
