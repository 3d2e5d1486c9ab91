package store

import (
	"context"
	"fmt"
	"slices"
)

// litGroups is the CTE of the groups whose members have the services by the
// switch of the group itself or of one above it.
const litGroups = `lit (id) AS (
		SELECT id FROM groups WHERE managed_distribution = TRUE AND deleted_at IS NULL
		UNION
		SELECT child_id FROM group_groups JOIN lit ON parent_id = lit.id
	)`

// ServicesOn tells whether managed distribution services are on for the user:
// by the user's own switch or that of any group above. False for nobody, and
// for who is disabled.
func (s *Store) ServicesOn(ctx context.Context, userID string) (bool, error) {
	var on bool
	err := s.reader().Get(ctx, &on, `WITH RECURSIVE above (id) AS (
			SELECT group_id FROM group_users WHERE user_id = ?
			UNION
			SELECT parent_id FROM group_groups JOIN above ON child_id = above.id
		)
		SELECT EXISTS (SELECT 1 FROM users WHERE id = ? AND deleted_at IS NULL AND disabled_at IS NULL
			AND (managed_distribution = TRUE OR EXISTS (SELECT 1 FROM groups
				WHERE managed_distribution = TRUE AND deleted_at IS NULL AND id IN (SELECT id FROM above))))`,
		userID, userID)
	if err != nil {
		return false, fmt.Errorf("reading the services of user %s: %w", userID, err)
	}
	return on, nil
}

// withoutServices keeps the living users for whom the services are off.
func withoutServices(ctx context.Context, from getter, userIDs []string) ([]string, error) {
	var off []string
	for chunk := range slices.Chunk(userIDs, maxIn) {
		in, args := inClause("id", chunk)
		var part []string
		err := from.Select(ctx, &part, `WITH RECURSIVE `+litGroups+`
			SELECT id FROM users WHERE deleted_at IS NULL AND (disabled_at IS NOT NULL OR managed_distribution = FALSE
				AND NOT EXISTS (SELECT 1 FROM group_users WHERE user_id = users.id AND group_id IN (SELECT id FROM lit)))
				AND `+in, args...)
		if err != nil {
			return nil, fmt.Errorf("reading the services of users: %w", err)
		}
		off = append(off, part...)
	}
	return off, nil
}
