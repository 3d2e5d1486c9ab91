package api

import (
	"context"

	"heraut/people"
)

// ListGroups answers GET /v1/groups.
func (h *handlers) ListGroups(ctx context.Context, r ListGroupsRequestObject) (ListGroupsResponseObject, error) {
	p, err := h.page("groups", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.People.ListGroups(ctx, people.GroupFilter{}, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	items, err := h.showGroups(ctx, page.Items...)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListGroups200JSONResponse{Items: items, NextCursor: next}, err
}

// CreateGroup answers POST /v1/groups.
func (h *handlers) CreateGroup(ctx context.Context, r CreateGroupRequestObject) (CreateGroupResponseObject, error) {
	group, err := h.createGroup(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	items, err := h.showGroups(ctx, group)
	if err != nil {
		return nil, err
	}
	return CreateGroup201JSONResponse{
		Body:    items[0],
		Headers: CreateGroup201ResponseHeaders{ETag: etagOf(group.Version), Location: "/v1/groups/" + group.ID},
	}, nil
}

func (h *handlers) createGroup(ctx context.Context, body GroupCreate) (people.Group, error) {
	if id, made := madeBefore(ctx, "group"); made {
		return h.d.People.Group(ctx, id)
	}
	return h.d.People.CreateGroup(ctx, actor(ctx), people.Group{
		Name: body.Name, ExternalID: textOf(body.ExternalID), ManagedDistribution: valueOf(body.ManagedDistribution),
		ContentLocation: textOf(body.ContentLocation),
	})
}

// GetGroup answers GET /v1/groups/{id}.
func (h *handlers) GetGroup(ctx context.Context, r GetGroupRequestObject) (GetGroupResponseObject, error) {
	group, err := h.d.People.Group(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	items, err := h.showGroups(ctx, group)
	if err != nil {
		return nil, err
	}
	return GetGroup200JSONResponse{Body: items[0], Headers: GetGroup200ResponseHeaders{ETag: etagOf(group.Version)}}, nil
}

// UpdateGroup answers PATCH /v1/groups/{id}.
func (h *handlers) UpdateGroup(ctx context.Context, r UpdateGroupRequestObject) (UpdateGroupResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	group, err := h.d.People.UpdateGroup(ctx, actor(ctx), r.ID, version, func(g people.Group) (people.Group, error) {
		patch(&g.Name, r.Body.Name)
		patchText(&g.ExternalID, r.Body.ExternalID)
		patch(&g.ManagedDistribution, r.Body.ManagedDistribution)
		patchText(&g.ContentLocation, r.Body.ContentLocation)
		return g, nil
	})
	if err != nil {
		return nil, err
	}
	if r.Body.ManagedDistribution != nil || r.Body.ContentLocation.IsSpecified() {
		h.office.ContentChanged(ctx)
	}
	items, err := h.showGroups(ctx, group)
	if err != nil {
		return nil, err
	}
	return UpdateGroup200JSONResponse{Body: items[0], Headers: UpdateGroup200ResponseHeaders{ETag: etagOf(group.Version)}}, nil
}

// DeleteGroup answers DELETE /v1/groups/{id}.
func (h *handlers) DeleteGroup(ctx context.Context, r DeleteGroupRequestObject) (DeleteGroupResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	if err := h.d.People.DeleteGroup(ctx, actor(ctx), r.ID, version); err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx)
	return DeleteGroup204Response{}, nil
}

// ReplaceGroupMembers answers PUT /v1/groups/{id}/members.
func (h *handlers) ReplaceGroupMembers(ctx context.Context, r ReplaceGroupMembersRequestObject) (ReplaceGroupMembersResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	group, err := h.d.People.ReplaceMembers(ctx, actor(ctx), r.ID, version, valueOf(r.Body.UserIds), valueOf(r.Body.GroupIds))
	if err != nil {
		return nil, err
	}
	h.office.ContentChanged(ctx)
	items, err := h.showGroups(ctx, group)
	if err != nil {
		return nil, err
	}
	return ReplaceGroupMembers200JSONResponse{
		Body: items[0], Headers: ReplaceGroupMembers200ResponseHeaders{ETag: etagOf(group.Version)},
	}, nil
}

// showGroups adds the roll-up to each group.
func (h *handlers) showGroups(ctx context.Context, groups ...people.Group) ([]Group, error) {
	counts, err := h.d.People.GroupCounts(ctx, shown(groups, func(g people.Group) string { return g.ID })...)
	if err != nil {
		return nil, err
	}
	return shown(groups, func(g people.Group) Group { return showGroup(g, counts[g.ID]) }), nil
}

func showGroup(g people.Group, c people.GroupCounts) Group {
	return Group{
		ID: g.ID, Name: g.Name, ExternalID: orNull[string](g.ExternalID), ManagedDistribution: g.ManagedDistribution,
		ContentLocation: orNull[string](g.ContentLocation), DirectoryID: orNull[string](g.DirectoryID), CreatedAt: g.CreatedAt.UTC(), UpdatedAt: g.UpdatedAt.UTC(), AllEnrolled: c.AllEnrolled(),
		Counts: GroupCounts{Members: c.Members, NotInvited: c.NotInvited, Invited: c.Invited, Enrolled: c.Enrolled},
	}
}
