package store

import (
	"context"
	"fmt"
	"slices"
)

// UserNames tells the full names of users by their ids; ids of none are left out.
func (s *Store) UserNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, full_name AS name FROM users WHERE deleted_at IS NULL AND ", ids)
}

// GroupNames tells the names of groups by their ids, deleted ones included; ids
// of none are left out.
func (s *Store) GroupNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, name FROM groups WHERE ", ids)
}

// DeviceNames tells the names of devices by their ids; ids of none are left out.
func (s *Store) DeviceNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, name FROM devices WHERE deleted_at IS NULL AND ", ids)
}

// DirectoryNames tells the names of directories by their ids; ids of none are
// left out.
func (s *Store) DirectoryNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, name FROM directories WHERE ", ids)
}

func (s *Store) names(ctx context.Context, query string, ids []string) (map[string]string, error) {
	names := make(map[string]string, len(ids))
	for chunk := range slices.Chunk(ids, maxIn) {
		var rows []struct {
			ID   string `db:"id"`
			Name string `db:"name"`
		}
		in, args := inClause("id", chunk)
		if err := s.reader().SelectFor(ctx, &rows, query+in, args...); err != nil {
			return nil, fmt.Errorf("reading names: %w", err)
		}
		for _, row := range rows {
			names[row.ID] = row.Name
		}
	}
	return names, nil
}
