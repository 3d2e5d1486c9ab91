package store

import (
	"context"
	"fmt"
	"time"
)

// LocationTurn gives out the turns of requests at Apple to all processes that
// share the database, evenly spaced: wait says how long until the caller's.
func (s *Store) LocationTurn(ctx context.Context, location string, spacing time.Duration) (wait time.Duration, err error) {
	err = s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		if _, err := tx.Exec(ctx, "INSERT INTO locations (location) VALUES (?) ON CONFLICT (location) DO NOTHING", location); err != nil {
			return err
		}
		var turn Time
		if err := tx.Get(ctx, &turn, "SELECT turn_at FROM locations WHERE location = ?"+tx.forUpdate("locations"), location); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if turn.Before(now.Time) {
			turn = now
		}
		wait = turn.Sub(now.Time)
		_, err = tx.Exec(ctx, "UPDATE locations SET turn_at = ? WHERE location = ?", At(turn.Add(spacing)), location)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("asking for a turn at location %s: %w", location, err)
	}
	return wait, nil
}
