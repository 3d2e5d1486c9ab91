package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"heraut/content"
)

// UsersVersion tells how far a location's users have been read.
func (s *Store) UsersVersion(ctx context.Context, location string) (content.Cursor, error) {
	var row struct {
		Version string `db:"users_version"`
		FullAt  Time   `db:"full_read_at"`
	}
	err := s.reader().Get(ctx, &row, "SELECT users_version, full_read_at FROM locations WHERE location = ?", location)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return content.Cursor{}, fmt.Errorf("reading how far location %s was read: %w", location, err)
	}
	return content.Cursor{Version: row.Version, FullAt: row.FullAt.Time}, nil
}

// KeepUsersVersion keeps how far a location's users have been read; full says
// that it was all of them.
func (s *Store) KeepUsersVersion(ctx context.Context, location, version string, full bool) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var fullAt Time
		if full {
			fullAt = now
		}
		_, err = tx.Exec(ctx, `INSERT INTO locations (location, users_version, read_at, full_read_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (location) DO UPDATE SET users_version = excluded.users_version, read_at = excluded.read_at,
				full_read_at = COALESCE(excluded.full_read_at, locations.full_read_at)`, location, version, now, fullAt)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping how far location %s was read: %w", location, err)
	}
	return nil
}
