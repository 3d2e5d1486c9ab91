package store

import (
	"context"
	"fmt"

	"heraut/content"
)

type inheritedRow struct {
	assetRow

	GroupID   string `db:"group_id"`
	GroupName string `db:"group_name"`
}

// ContentAbove lists what a user or a group is promised by the groups that it
// belongs to, directly or through nesting, by number, price class and name of
// the group.
func (s *Store) ContentAbove(ctx context.Context, o content.Owner) ([]content.Inherited, error) {
	first, id := "SELECT group_id FROM group_users WHERE user_id = ?", o.UserID
	if o.GroupID != "" {
		first, id = "SELECT parent_id FROM group_groups WHERE child_id = ?", o.GroupID
	}
	var rows []inheritedRow
	err := s.reader().SelectFor(ctx, &rows, "WITH RECURSIVE above (id) AS ("+first+` UNION SELECT parent_id FROM group_groups JOIN above ON child_id = above.id)
		SELECT `+assetColumns+`, g.id AS group_id, g.name AS group_name FROM above
		JOIN content_assignments c ON c.group_id = above.id AND c.location IN (`+withToken+`)
		JOIN groups g ON g.id = above.id AND g.deleted_at IS NULL
		JOIN assets a ON a.location = c.location AND a.adam_id = c.adam_id AND a.pricing = c.pricing
		ORDER BY a.adam_id, a.pricing, g.sort_name, g.id`, id)
	if err != nil {
		return nil, fmt.Errorf("reading content of the groups above: %w", err)
	}
	all := make([]content.Inherited, len(rows))
	for i, r := range rows {
		all[i] = content.Inherited{Asset: r.asset(), GroupID: r.GroupID, GroupName: r.GroupName}
	}
	return all, nil
}
