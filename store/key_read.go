package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// Key returns an API key that is not revoked; not_found when there is none.
func (s *Store) Key(ctx context.Context, id string) (people.APIKey, error) {
	var row keyRow
	err := s.reader().Get(ctx, &row, "SELECT "+keyColumns+" FROM api_keys WHERE id = ? AND revoked_at IS NULL", id)
	if err != nil {
		return people.APIKey{}, fmt.Errorf("reading API key %s: %w", id, orNotFound(err, "API key not found."))
	}
	return row.key(), nil
}
