package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// ListGroups returns groups.
func (s *Store) ListGroups(ctx context.Context, f people.GroupFilter, after people.Cursor, limit int) (people.Page[people.Group], error) {
	var page people.Page[people.Group]
	if err := f.Sort.Check(people.ByNameDown); err != nil {
		return page, err
	}
	var c condition
	c.and("deleted_at IS NULL")
	c.found("sort_name", f.Query)
	order := orderOf(f.Sort)
	following, args, err := order.after(after)
	if err != nil {
		return page, err
	}
	c.and(following, args...)
	var rows []groupRow
	query := "SELECT " + groupColumns + " FROM groups WHERE " + c.where() + " ORDER BY " + order.by() + " LIMIT ?"
	if err := s.reader().Select(ctx, &rows, query, append(c.args, limit+1)...); err != nil {
		return page, fmt.Errorf("listing groups: %w", err)
	}
	return pageOf(rows, limit, groupRow.group, groupRow.cursor), nil
}

type groupOfUserRow struct {
	groupRow

	Direct bool `db:"direct"`
}

// GroupsOfUser lists the groups that a user belongs to by itself or through
// nesting, by name; the switch of managed distribution of each of them counts
// for the user.
func (s *Store) GroupsOfUser(ctx context.Context, userID string, after people.Cursor, limit int) (people.Page[people.GroupOfUser], error) {
	var rows []groupOfUserRow
	err := s.reader().Select(ctx, &rows, `WITH RECURSIVE above (id) AS (
			SELECT group_id FROM group_users WHERE user_id = ?
			UNION
			SELECT parent_id FROM group_groups JOIN above ON child_id = above.id
		)
		SELECT `+groupColumns+`, EXISTS (SELECT 1 FROM group_users m WHERE m.group_id = groups.id AND m.user_id = ?) AS direct
		FROM groups WHERE deleted_at IS NULL AND id IN (SELECT id FROM above) AND (sort_name, id) > (?, ?)
		ORDER BY sort_name, id LIMIT ?`, userID, userID, after.Key, after.ID, limit+1)
	if err != nil {
		return people.Page[people.GroupOfUser]{}, fmt.Errorf("listing the groups of user %s: %w", userID, err)
	}
	item := func(r groupOfUserRow) people.GroupOfUser {
		return people.GroupOfUser{Group: r.group(), Direct: r.Direct}
	}
	return pageOf(rows, limit, item, func(r groupOfUserRow) people.Cursor { return r.cursor() }), nil
}
