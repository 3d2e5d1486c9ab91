package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// PushChannels counts the push channels of a kind that are not known to be dead.
func (s *Store) PushChannels(ctx context.Context, kind people.PushKind) (int, error) {
	var n int
	err := s.reader().Get(ctx, &n, `SELECT COUNT(*) FROM push_channels p JOIN devices d ON d.id = p.device_id
		WHERE p.kind = ? AND p.dead_since IS NULL AND d.deleted_at IS NULL`, string(kind))
	if err != nil {
		return 0, fmt.Errorf("counting push channels: %w", err)
	}
	return n, nil
}
