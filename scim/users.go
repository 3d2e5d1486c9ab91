package scim

import (
	"context"
	"net/http"

	"heraut/people"
)

func (s *server) listUsers(ctx context.Context, c call) (reply, error) {
	q, err := c.query()
	if err != nil {
		return reply{}, err
	}
	if q.filter == "" {
		users, total, err := s.Users.SCIMUsers(ctx, c.client, q.offset(), q.count)
		return q.list(total, shown(users, c.showUser)), err
	}
	l, err := parseLookup(q.filter, userFields, userAttributes)
	if err != nil {
		return reply{}, err
	}
	found, err := s.usersOf(ctx, c).all(l)
	return q.list(len(found), shown(cut(q, found), c.showUser)), err
}

func (s *server) getUser(ctx context.Context, c call) (reply, error) {
	u, err := s.Users.SCIMUser(ctx, c.client, c.id)
	if err != nil {
		return reply{}, err
	}
	return c.one(http.StatusOK, "User", c.showUser(u), etagOf(u.Version))
}

func (s *server) postUser(ctx context.Context, c call) (reply, error) {
	var body userBody
	if err := read(c, maxUserBody, &body); err != nil {
		return reply{}, err
	}
	u, err := s.Users.CreateSCIMUser(ctx, c.client, body.user(people.SCIMUser{Active: true}))
	if err != nil {
		return reply{}, err
	}
	c.id = u.ID
	s.switched(ctx, u.ID, true, u.Active) // who was there before may have lost it all
	return c.one(http.StatusCreated, "User", c.showUser(u), etagOf(u.Version))
}

func (s *server) putUser(ctx context.Context, c call) (reply, error) {
	var body userBody
	if err := read(c, maxUserBody, &body); err != nil {
		return reply{}, err
	}
	return s.changeUser(ctx, c, func(u people.SCIMUser) (people.SCIMUser, error) { return body.user(u), nil })
}

func (s *server) patchUser(ctx context.Context, c call) (reply, error) {
	operations, err := readPatch(c, maxUserBody)
	if err != nil {
		return reply{}, err
	}
	return s.changeUser(ctx, c, func(u people.SCIMUser) (people.SCIMUser, error) { return patched(u, operations) })
}

func (s *server) changeUser(ctx context.Context, c call, edit func(people.SCIMUser) (people.SCIMUser, error)) (reply, error) {
	version, err := ifMatch(c.Request)
	if err != nil {
		return reply{}, err
	}
	before, after, err := s.Users.UpdateSCIMUser(ctx, c.client, c.id, version, edit)
	if err != nil {
		return reply{}, err
	}
	s.switched(ctx, c.id, before.Active, after.Active)
	return c.one(http.StatusOK, "User", c.showUser(after), etagOf(after.Version))
}

// switched tells of who has left or come back.
func (s *server) switched(ctx context.Context, id string, before, after bool) {
	if before == after {
		return
	}
	s.Office.UserChanged(ctx, id) // open invitations were cancelled
	s.Office.ContentChanged(ctx)
}

func (s *server) deleteUser(ctx context.Context, c call) (reply, error) {
	version, err := ifMatch(c.Request)
	if err != nil {
		return reply{}, err
	}
	if err := s.Users.DeleteSCIMUser(ctx, c.client, c.id, version); err != nil {
		return reply{}, err
	}
	s.Office.UserChanged(ctx, c.id)
	s.Office.ContentChanged(ctx)
	return reply{status: http.StatusNoContent}, nil
}
