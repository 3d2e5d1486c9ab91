package api

import (
	"context"

	"heraut/people"
)

// ListUsers answers GET /v1/users.
func (h *handlers) ListUsers(ctx context.Context, r ListUsersRequestObject) (ListUsersResponseObject, error) {
	filter := people.UserFilter{
		Query: valueOf(r.Params.Q), GroupID: valueOf(r.Params.GroupID), State: people.UserState(valueOf(r.Params.State)),
	}
	p, err := h.page("users", filter, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.People.ListUsers(ctx, filter, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListUsers200JSONResponse{Items: shown(page.Items, showUser), NextCursor: next}, err
}

// CreateUser answers POST /v1/users.
func (h *handlers) CreateUser(ctx context.Context, r CreateUserRequestObject) (CreateUserResponseObject, error) {
	user, err := h.createUser(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	return CreateUser201JSONResponse{
		Body:    showUser(user),
		Headers: CreateUser201ResponseHeaders{ETag: etagOf(user.Version), Location: "/v1/users/" + user.ID},
	}, nil
}

func (h *handlers) createUser(ctx context.Context, body UserCreate) (people.User, error) {
	if id, made := madeBefore(ctx, "user"); made {
		return h.d.People.User(ctx, id)
	}
	return h.d.People.CreateUser(ctx, actor(ctx), people.User{
		FullName: body.FullName, Email: textOf(body.Email), Language: textOf(body.Language),
		ManagedAppleAccount: textOf(body.ManagedAppleAccount), ExternalID: textOf(body.ExternalID),
		ManagedDistribution: valueOf(body.ManagedDistribution), ContentLocation: textOf(body.ContentLocation),
	})
}

// GetUser answers GET /v1/users/{id}.
func (h *handlers) GetUser(ctx context.Context, r GetUserRequestObject) (GetUserResponseObject, error) {
	user, err := h.d.People.User(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return GetUser200JSONResponse{Body: showUser(user), Headers: GetUser200ResponseHeaders{ETag: etagOf(user.Version)}}, nil
}

// UpdateUser answers PATCH /v1/users/{id}.
func (h *handlers) UpdateUser(ctx context.Context, r UpdateUserRequestObject) (UpdateUserResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	user, err := h.d.People.UpdateUser(ctx, actor(ctx), r.ID, version, func(u people.User) (people.User, error) {
		patch(&u.FullName, r.Body.FullName)
		patchText(&u.Email, r.Body.Email)
		patchText(&u.Language, r.Body.Language)
		patchText(&u.ManagedAppleAccount, r.Body.ManagedAppleAccount)
		patchText(&u.ExternalID, r.Body.ExternalID)
		patch(&u.ManagedDistribution, r.Body.ManagedDistribution)
		patchText(&u.ContentLocation, r.Body.ContentLocation)
		patch(&u.Disabled, r.Body.Disabled)
		return u, nil
	})
	if err != nil {
		return nil, err
	}
	if r.Body.ManagedDistribution != nil || r.Body.Disabled != nil || r.Body.ContentLocation.IsSpecified() {
		h.office.UserChanged(ctx, user.ID) // services that go off end open invitations
		h.office.ContentChanged(ctx)
	}
	return UpdateUser200JSONResponse{Body: showUser(user), Headers: UpdateUser200ResponseHeaders{ETag: etagOf(user.Version)}}, nil
}

// DeleteUser answers DELETE /v1/users/{id}.
func (h *handlers) DeleteUser(ctx context.Context, r DeleteUserRequestObject) (DeleteUserResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := h.d.People.DeleteUser(ctx, actor(ctx), r.ID, version); err != nil {
		return nil, err
	}
	h.office.UserChanged(ctx, r.ID)
	h.office.ContentChanged(ctx)
	return DeleteUser204Response{}, nil
}

func showUser(u people.User) User {
	return User{
		ID: u.ID, FullName: u.FullName, Email: orNull[string](u.Email), Language: orNull[NullableLanguage](u.Language),
		ManagedAppleAccount: orNull[string](u.ManagedAppleAccount), ExternalID: orNull[string](u.ExternalID),
		ManagedDistribution: u.ManagedDistribution, ContentLocation: orNull[string](u.ContentLocation), Disabled: u.Disabled,
		DirectoryID: orNull[string](u.DirectoryID), State: UserState(u.State), EnrolledAt: timeOrNull(u.EnrolledAt),
		CreatedAt: u.CreatedAt.UTC(), UpdatedAt: u.UpdatedAt.UTC(),
	}
}
