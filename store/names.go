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

// InvitedNames tells who has an invitation, by the invitations' ids.
func (s *Store) InvitedNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, "+nameOfUser+" AS name FROM invitations t WHERE ", ids)
}

// SentNames tells to whom sends are, by the sends' ids.
func (s *Store) SentNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, "+nameOfEither+" AS name FROM sends t WHERE ", ids)
}

// PlannedNames is SentNames for plans.
func (s *Store) PlannedNames(ctx context.Context, ids ...string) (map[string]string, error) {
	return s.names(ctx, "SELECT id, "+nameOfEither+" AS name FROM plans t WHERE ", ids)
}

const (
	// nameOfUser is the name of the user of a table t; empty for one who is gone.
	nameOfUser = "COALESCE((SELECT full_name FROM users WHERE users.id = t.user_id AND users.deleted_at IS NULL), '')"
	// nameOfEither is that of the group or the user.
	nameOfEither = "COALESCE((SELECT name FROM groups WHERE groups.id = t.group_id), " + nameOfUser + ")"
)

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
