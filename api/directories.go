package api

import (
	"context"

	"heraut/people"
)

// ListDirectories answers GET /v1/directories.
func (h *handlers) ListDirectories(ctx context.Context, r ListDirectoriesRequestObject) (ListDirectoriesResponseObject, error) {
	p, err := h.page("directories", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Directories.ListDirectories(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListDirectories200JSONResponse{Items: shown(page.Items, showDirectory), NextCursor: next}, err
}

// CreateDirectory answers POST /v1/directories.
func (h *handlers) CreateDirectory(ctx context.Context, r CreateDirectoryRequestObject) (CreateDirectoryResponseObject, error) {
	d, err := h.createDirectory(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	return CreateDirectory201JSONResponse{
		Body:    showDirectory(d),
		Headers: CreateDirectory201ResponseHeaders{ETag: etagOf(d.Version), Location: "/v1/directories/" + d.ID},
	}, nil
}

func (h *handlers) createDirectory(ctx context.Context, body DirectoryCreate) (people.Directory, error) {
	if id, made := madeBefore(ctx, "directory"); made {
		return h.d.Directories.Directory(ctx, id)
	}
	d := people.Directory{Name: body.Name}
	patchDirectory(&d, DirectoryPatch{
		Attributes: body.Attributes, BaseDn: &body.BaseDn, BindDn: &body.BindDn, Ca: body.Ca, Groups: body.Groups, Host: &body.Host, Kind: body.Kind,
		Paused: body.Paused, People: body.People, Port: body.Port, Security: body.Security, SyncEvery: body.SyncEvery,
	})
	return h.directories.Bind(ctx, actor(ctx), d, []byte(valueOf(body.Password)))
}

// GetDirectory answers GET /v1/directories/{id}.
func (h *handlers) GetDirectory(ctx context.Context, r GetDirectoryRequestObject) (GetDirectoryResponseObject, error) {
	d, err := h.d.Directories.Directory(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return GetDirectory200JSONResponse{Body: showDirectory(d), Headers: GetDirectory200ResponseHeaders{ETag: etagOf(d.Version)}}, nil
}

// UpdateDirectory answers PATCH /v1/directories/{id}.
func (h *handlers) UpdateDirectory(ctx context.Context, r UpdateDirectoryRequestObject) (UpdateDirectoryResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	password := []byte(valueOf(r.Body.Password))
	d, err := h.directories.Change(ctx, actor(ctx), r.ID, version, password, func(d people.Directory) people.Directory {
		patch(&d.Name, r.Body.Name)
		patchDirectory(&d, *r.Body)
		return d
	})
	if err != nil {
		return nil, err
	}
	return UpdateDirectory200JSONResponse{Body: showDirectory(d), Headers: UpdateDirectory200ResponseHeaders{ETag: etagOf(d.Version)}}, nil
}

// DeleteDirectory answers DELETE /v1/directories/{id}.
func (h *handlers) DeleteDirectory(ctx context.Context, r DeleteDirectoryRequestObject) (DeleteDirectoryResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := h.d.Directories.DeleteDirectory(ctx, actor(ctx), r.ID, version); err != nil {
		return nil, err
	}
	return DeleteDirectory204Response{}, nil
}

// TestDirectory answers POST /v1/directories/{id}/test.
func (h *handlers) TestDirectory(ctx context.Context, r TestDirectoryRequestObject) (TestDirectoryResponseObject, error) {
	steps, err := h.directories.Test(ctx, r.ID)
	return TestDirectory200JSONResponse{Steps: shown(steps, showCheck)}, err
}

// PreviewDirectory answers GET /v1/directories/{id}/preview.
func (h *handlers) PreviewDirectory(ctx context.Context, r PreviewDirectoryRequestObject) (PreviewDirectoryResponseObject, error) {
	preview, err := h.directories.Preview(ctx, r.ID)
	return PreviewDirectory200JSONResponse{Items: shown(preview.People, showDirectoryPerson), Groups: int32(preview.Groups)}, err
}

func patchDirectory(d *people.Directory, b DirectoryPatch) {
	if b.Kind != nil {
		d.Kind = people.DirectoryKind(*b.Kind)
	}
	if b.Security != nil {
		d.Security = people.DirectorySecurity(*b.Security)
	}
	if b.Port != nil {
		d.Port = int(*b.Port)
	}
	if b.SyncEvery != nil {
		d.SyncEvery = int(*b.SyncEvery)
	}
	patch(&d.Host, b.Host)
	patchText(&d.CA, b.Ca)
	patch(&d.BindDN, b.BindDn)
	patch(&d.BaseDN, b.BaseDn)
	patch(&d.Paused, b.Paused)
	patchSearch(&d.People, b.People)
	patchSearch(&d.Groups, b.Groups)
	if a := b.Attributes; a != nil {
		patchText(&d.Attributes.StableID, a.StableID)
		patchText(&d.Attributes.Login, a.Login)
		patchText(&d.Attributes.FullName, a.FullName)
		patchText(&d.Attributes.Email, a.Email)
		patchText(&d.Attributes.Language, a.Language)
		patchText(&d.Attributes.ManagedAppleAccount, a.ManagedAppleAccount)
	}
}

func patchSearch(s *people.DirectorySearch, b *DirectorySearch) {
	if b != nil {
		patchText(&s.BaseDN, b.BaseDn)
		patchText(&s.Filter, b.Filter)
	}
}

func showDirectory(d people.Directory) Directory {
	search := func(s people.DirectorySearch) DirectorySearch {
		return DirectorySearch{BaseDn: orNull[string](s.BaseDN), Filter: orNull[string](s.Filter)}
	}
	return Directory{
		ID: d.ID, Name: d.Name, Kind: DirectoryKind(d.Kind), Host: d.Host, Port: int32(d.Port), Security: DirectorySecurity(d.Security),
		Ca: orNull[string](d.CA), BindDn: d.BindDN, BaseDn: d.BaseDN, People: search(d.People), Groups: search(d.Groups),
		Attributes: DirectoryAttributes{
			StableID: orNull[string](d.Attributes.StableID), Login: orNull[string](d.Attributes.Login), FullName: orNull[string](d.Attributes.FullName),
			Email: orNull[string](d.Attributes.Email), Language: orNull[string](d.Attributes.Language),
			ManagedAppleAccount: orNull[string](d.Attributes.ManagedAppleAccount),
		},
		SyncEvery: int32(d.SyncEvery), Paused: d.Paused, HasPassword: d.HasPassword, SyncedAt: timeOrNull(d.SyncedAt), FullSyncedAt: timeOrNull(d.FullAt),
		CreatedAt: d.CreatedAt.UTC(), UpdatedAt: d.UpdatedAt.UTC(),
	}
}

func showDirectoryPerson(p people.DirectoryPerson) DirectoryPerson {
	return DirectoryPerson{
		StableID: p.StableID, Dn: p.DN, Login: orNull[string](p.Login), FullName: p.FullName, Email: orNull[string](p.Email),
		Language: orNull[NullableLanguage](p.Language), ManagedAppleAccount: orNull[string](p.ManagedAppleAccount), Disabled: p.Disabled,
		Refused: orNull[string](p.Refused), Warning: orNull[string](p.Warning),
	}
}
