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

// ListUsers returns users by name. A group that does not exist has no users.
func (s *Store) ListUsers(ctx context.Context, f people.UserFilter, after people.Cursor, limit int) (people.Page[people.User], error) {
	head, where := "", "deleted_at IS NULL AND (sort_name, id) > (?, ?)"
	args := []any{after.Key, after.ID}
	if f.State != "" {
		where, args = where+" AND state = ?", append(args, string(f.State))
	}
	if f.Query != "" {
		where, args = where+` AND search LIKE ? ESCAPE '\'`, append(args, contains(f.Query))
	}
	if f.GroupID != "" {
		members, err := membersUpTo(ctx, s.reader(), f.GroupID, smallGroup+1)
		if err != nil {
			return people.Page[people.User]{}, err
		}
		if in, ids := inClause("id", members); len(members) <= smallGroup {
			where, args = where+" AND "+in, append(args, ids...)
		} else {
			head, args = "WITH RECURSIVE "+groupsBelow, append([]any{f.GroupID}, args...)
			where += " AND EXISTS (SELECT 1 FROM group_users WHERE user_id = users.id AND group_id IN (SELECT id FROM below))"
		}
	}
	var rows []userRow
	err := s.reader().SelectFor(ctx, &rows, head+" SELECT "+userColumns+" FROM users WHERE "+where+" ORDER BY sort_name, id LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return people.Page[people.User]{}, fmt.Errorf("listing users: %w", err)
	}
	return pageOf(rows, limit, userRow.user, userRow.cursor), nil
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
