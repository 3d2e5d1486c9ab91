package store

import (
	"context"
	"fmt"
	"time"
)

// keepNotifications is how long the ids of Apple's notifications tell
// repetitions; Apple repeats within minutes.
const keepNotifications = 7 * 24 * time.Hour

// SeeNotification notes that a notification of Apple's came; fresh is false
// when it had come before.
func (s *Store) SeeNotification(ctx context.Context, id string) (fresh bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "INSERT INTO apple_notifications (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", id, now)
		fresh = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting a notification: %w", err)
	}
	return fresh, nil
}
