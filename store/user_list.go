package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// usersBelow are the users of a group through nesting; UNION ends at cycles.
const usersBelow = `SELECT user_id FROM group_users WHERE group_id IN (
	WITH RECURSIVE below (id) AS (
		SELECT id FROM groups WHERE id = ?
		UNION
		SELECT child_id FROM group_groups JOIN below ON parent_id = below.id
	) SELECT id FROM below)`

// ListUsers returns users by name. A group that does not exist has no users.
func (s *Store) ListUsers(ctx context.Context, f people.UserFilter, after people.Cursor, limit int) (people.Page[people.User], error) {
	query := "SELECT " + userColumns + " FROM users WHERE deleted_at IS NULL AND (sort_name, id) > (?, ?)"
	args := []any{after.Key, after.ID}
	if f.State != "" {
		query, args = query+" AND state = ?", append(args, string(f.State))
	}
	if f.Query != "" {
		query, args = query+` AND search LIKE ? ESCAPE '\'`, append(args, contains(f.Query))
	}
	if f.GroupID != "" {
		query, args = query+" AND id IN ("+usersBelow+")", append(args, f.GroupID)
	}
	var rows []userRow
	if err := s.reader().Select(ctx, &rows, query+" ORDER BY sort_name, id LIMIT ?", append(args, limit+1)...); err != nil {
		return people.Page[people.User]{}, fmt.Errorf("listing users: %w", err)
	}
	return pageOf(rows, limit, userRow.user, userRow.cursor), nil
}
