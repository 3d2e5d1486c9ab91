package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// groupsBelow is the CTE of a group and all groups nested in it; UNION ends
// at cycles.
const groupsBelow = `below (id) AS (
		SELECT id FROM groups WHERE id = ?
		UNION
		SELECT child_id FROM group_groups JOIN below ON parent_id = below.id
	)`

// usersBelow are the users of a group through nesting, as a subquery.
const usersBelow = "SELECT user_id FROM group_users WHERE group_id IN (WITH RECURSIVE " + groupsBelow + " SELECT id FROM below)"

// smallGroup is up to how many members a group's users are looked up one by
// one. Of larger ones a walk through all users by name soon finds a page; no
// planner knows which of the two it has before it.
const smallGroup = 1000

// ListUsers returns users. A group that does not exist has no users.
func (s *Store) ListUsers(ctx context.Context, f people.UserFilter, after people.Cursor, limit int) (people.Page[people.User], error) {
	var page people.Page[people.User]
	if err := f.Sort.Check(people.ByNameDown, people.ByChange); err != nil {
		return page, err
	}
	c, err := s.usersWhere(ctx, f)
	if err != nil {
		return page, err
	}
	order := orderOf(f.Sort)
	following, args, err := order.after(after)
	if err != nil {
		return page, err
	}
	c.and(following, args...)
	var rows []userRow
	// The page's ids first: a search reads nothing but an index then.
	query := "SELECT " + userColumns + " FROM users WHERE id IN (SELECT id FROM users WHERE " + c.where() + " ORDER BY " + order.by() +
		" LIMIT ?) ORDER BY " + order.by()
	if err := s.reader().SelectFor(ctx, &rows, query, append(c.args, limit+1)...); err != nil {
		return page, fmt.Errorf("listing users: %w", err)
	}
	cursor := userRow.cursor
	if f.Sort == people.ByChange {
		cursor = userRow.byChange
	}
	return pageOf(rows, limit, userRow.user, cursor), nil
}

// usersWhere writes a filter as conditions on users.
func (s *Store) usersWhere(ctx context.Context, f people.UserFilter) (condition, error) {
	var c condition
	c.and("deleted_at IS NULL")
	switch {
	case f.State == "":
	case f.Sort == people.ByChange: // the index of the order is the way
		c.and("state || '' = ?", string(f.State))
	default:
		c.and("state = ?", string(f.State))
	}
	if err := s.usersNamed(ctx, &c, f.Query); err != nil || f.GroupID == "" {
		return c, err
	}
	members, err := membersUpTo(ctx, s.reader(), f.GroupID, smallGroup+1)
	if err != nil {
		return c, err
	}
	if in, ids := inClause("id", members); len(members) <= smallGroup {
		c.and(in, ids...)
	} else {
		c.and("EXISTS (SELECT 1 FROM group_users WHERE user_id = users.id AND group_id IN (WITH RECURSIVE "+groupsBelow+" SELECT id FROM below))", f.GroupID)
	}
	return c, nil
}

// membersUpTo returns ids of the group's users through nesting; those in
// several groups below come several times.
func membersUpTo(ctx context.Context, from getter, groupID string, limit int) ([]string, error) {
	var ids []string
	err := from.Select(ctx, &ids, "WITH RECURSIVE "+groupsBelow+`
		SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below) LIMIT ?`, groupID, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the members of group %s: %w", groupID, err)
	}
	return ids, nil
}

// usersNamed narrows to the users that a query finds: one by one, or of many by
// a look at each, which soon finds a page.
func (s *Store) usersNamed(ctx context.Context, c *condition, query string) error {
	if query == "" {
		return nil
	}
	ids, err := s.found(ctx, "users", query, smallGroup+1)
	if err != nil {
		return err
	}
	if len(ids) > smallGroup {
		c.found("search", query)
		return nil
	}
	in, args := inClause("id", ids)
	c.and(in, args...)
	return nil
}
