package scim

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"heraut/people"
)

// mostMembers is how many members the groups of one page have together. A page
// ends before it has more, unless its first group has.
const mostMembers = 100_000

// mostNamed is how many unknown members the log names.
const mostNamed = 10

func (s *server) listGroups(ctx context.Context, c call) (reply, error) {
	q, err := c.query()
	if err != nil {
		return reply{}, err
	}
	groups, total, err := s.findGroups(ctx, c, q)
	if err != nil {
		return reply{}, err
	}
	if !q.projection.wants("members") {
		return q.list(total, shown(groups, func(g people.SCIMGroup) map[string]any { return c.showGroup(g, nil) })), nil
	}
	if groups, err = s.fitting(ctx, c, groups); err != nil {
		return reply{}, err
	}
	page, err := s.withMembers(ctx, c, groups...)
	return q.list(total, page), err
}

func (s *server) findGroups(ctx context.Context, c call, q query) (groups []people.SCIMGroup, total int, err error) {
	if q.filter == "" {
		return s.Groups.SCIMGroups(ctx, c.client, q.offset(), q.count)
	}
	l, err := parseLookup(q.filter, groupFields, groupAttributes)
	if err != nil {
		return nil, 0, err
	}
	found, err := s.groupsOf(ctx, c, l).all(l)
	return cut(q, found), len(found), err
}

// fitting leaves the first groups that have no more than mostMembers together.
func (s *server) fitting(ctx context.Context, c call, groups []people.SCIMGroup) ([]people.SCIMGroup, error) {
	counts, err := s.Groups.CountSCIMMembers(ctx, c.client, idsOf(groups)...)
	sum := 0
	for i, g := range groups {
		if sum += counts[g.ID]; sum > mostMembers && i > 0 {
			return groups[:i], err
		}
	}
	return groups, err
}

func (s *server) withMembers(ctx context.Context, c call, groups ...people.SCIMGroup) ([]map[string]any, error) {
	members, err := s.Groups.SCIMMembers(ctx, c.client, idsOf(groups)...)
	return shown(groups, func(g people.SCIMGroup) map[string]any { return c.showGroup(g, c.showMembers(members[g.ID])) }), err
}

func idsOf(groups []people.SCIMGroup) []string {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	return ids
}

func (s *server) getGroup(ctx context.Context, c call) (reply, error) {
	g, err := s.Groups.SCIMGroup(ctx, c.client, c.id)
	if err != nil {
		return reply{}, err
	}
	if etag := etagOf(g.Version); unchanged(c.Request, etag) { // before members are read
		return reply{status: http.StatusNotModified, etag: etag}, nil
	}
	return s.showOne(ctx, c, http.StatusOK, g)
}

func (s *server) showOne(ctx context.Context, c call, status int, g people.SCIMGroup) (reply, error) {
	doc := c.showGroup(g, nil)
	if c.projection().wants("members") {
		full, err := s.withMembers(ctx, c, g)
		if err != nil {
			return reply{}, err
		}
		doc = full[0]
	}
	return c.one(status, "Group", doc, etagOf(g.Version))
}

func (s *server) postGroup(ctx context.Context, c call) (reply, error) {
	given, members, err := c.groupBody()
	if err != nil {
		return reply{}, err
	}
	g, unknown, err := s.Groups.CreateSCIMGroup(ctx, c.client, given, members)
	if err != nil {
		return reply{}, err
	}
	c.id = g.ID
	s.leftOut(ctx, c, unknown)
	return s.showOne(ctx, c, http.StatusCreated, g)
}

func (c call) groupBody() (people.SCIMGroup, []string, error) {
	var body groupBody
	if err := read(c, maxGroupBody, &body); err != nil {
		return people.SCIMGroup{}, nil, err
	}
	return body.read()
}

func (s *server) putGroup(ctx context.Context, c call) (reply, error) {
	given, members, err := c.groupBody()
	if err != nil {
		return reply{}, err
	}
	if members == nil {
		members = []string{}
	}
	g, err := s.changeGroup(ctx, c, people.SCIMGroupChange{Name: &given.Name, ExternalID: &given.ExternalID, Members: &members})
	if err != nil {
		return reply{}, err
	}
	return s.showOne(ctx, c, http.StatusOK, g)
}

// patchGroup answers without the group, which may be large, unless the client
// says what of it to show.
func (s *server) patchGroup(ctx context.Context, c call) (reply, error) {
	operations, err := readPatch(c, maxGroupBody)
	if err != nil {
		return reply{}, err
	}
	change, err := patchOf(operations)
	if err != nil {
		return reply{}, err
	}
	g, err := s.changeGroup(ctx, c, change)
	if err != nil {
		return reply{}, err
	}
	if c.URL.Query().Has("attributes") {
		return s.showOne(ctx, c, http.StatusOK, g)
	}
	return reply{status: http.StatusNoContent, etag: etagOf(g.Version)}, nil
}

func (s *server) changeGroup(ctx context.Context, c call, change people.SCIMGroupChange) (people.SCIMGroup, error) {
	version, err := ifMatch(c.Request)
	if err != nil {
		return people.SCIMGroup{}, err
	}
	g, unknown, err := s.Groups.UpdateSCIMGroup(ctx, c.client, c.id, version, change)
	s.leftOut(ctx, c, unknown)
	if err == nil && (change.Members != nil || change.Add != nil || change.Remove != nil) {
		s.Office.ContentChanged(ctx)
	}
	return g, err
}

// leftOut warns of members whom the client has not brought. Ids that are none of
// Heraut's may be anything, an address too, and are only counted.
func (s *server) leftOut(ctx context.Context, c call, unknown []string) {
	if len(unknown) == 0 {
		return
	}
	var ids []string
	for _, id := range unknown {
		if len(ids) < mostNamed && uuid.Validate(id) == nil {
			ids = append(ids, id)
		}
	}
	s.Log.WarnContext(ctx, "members left out of a group: this client has brought no such users",
		"client", c.client.ID, "group", c.id, "count", len(unknown), "ids", ids)
}

func (s *server) deleteGroup(ctx context.Context, c call) (reply, error) {
	version, err := ifMatch(c.Request)
	if err != nil {
		return reply{}, err
	}
	if err := s.Groups.DeleteSCIMGroup(ctx, c.client, c.id, version); err != nil {
		return reply{}, err
	}
	s.Office.ContentChanged(ctx)
	return reply{status: http.StatusNoContent}, nil
}
