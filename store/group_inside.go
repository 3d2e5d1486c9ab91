package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// GroupsInGroup lists the groups that are members of a group themselves, by
// name, without what is nested below.
func (s *Store) GroupsInGroup(ctx context.Context, id string, after people.Cursor, limit int) (people.Page[people.Group], error) {
	var rows []groupRow
	err := s.reader().Select(ctx, &rows, "SELECT "+groupColumns+` FROM groups
		WHERE deleted_at IS NULL AND id IN (SELECT child_id FROM group_groups WHERE parent_id = ?) AND (sort_name, id) > (?, ?)
		ORDER BY sort_name, id LIMIT ?`, id, after.Key, after.ID, limit+1)
	if err != nil {
		return people.Page[people.Group]{}, fmt.Errorf("listing the groups in group %s: %w", id, err)
	}
	return pageOf(rows, limit, groupRow.group, groupRow.cursor), nil
}
