package store

import (
	"context"
	"fmt"
	"time"
)

// How long what is over is kept.
const (
	// keepPlans is for plans that were never sent, after they expired.
	keepPlans = 24 * time.Hour
	// keepCommands is for the commands of invitations that were settled, after
	// their answers or, without one, after they were queued.
	keepCommands = 90 * 24 * time.Hour
	// keepQueues is for what the built-in MDM server queued and devices said to
	// it, after its end.
	keepQueues = 30 * 24 * time.Hour
	// keepRuns is for looks at directories, after their end.
	keepRuns = 90 * 24 * time.Hour
	// keepWoken is for which moment users with nothing open were told of.
	keepWoken = 24 * time.Hour
)

// purged is one kind of rows that have outlived their use. rows selects their
// keys, those from before a moment, and as many as a limit says.
type purged struct {
	table, key, rows string
	keep             time.Duration
}

// purgedOften can be many, so that each is deleted a piece at a time.
var purgedOften = []purged{
	{"enrollment_challenges", "hash", "SELECT hash FROM enrollment_challenges WHERE expires_at < ? LIMIT ?", 0},
	{"enrollment_links", "id", "SELECT id FROM enrollment_links WHERE expires_at < ? LIMIT ?", forgetLinks},
	{"sessions", "hash", "SELECT hash FROM sessions WHERE expires_at < ? LIMIT ?", 0},
	{"sign_in_links", "hash", "SELECT hash FROM sign_in_links WHERE expires_at < ? LIMIT ?", keepSignInLinks},
	{"directory_runs", "id", "SELECT id FROM directory_runs WHERE finished_at < ? LIMIT ?", keepRuns},
	{"woken_users", "user_id", overWoken + "w.due_at < ? LIMIT ?", keepWoken},
	{"invite_commands", "command_uuid", overCommands + "c.answered_at < ? LIMIT ?", keepCommands},
	{"invite_commands", "command_uuid", overCommands + "c.answered_at IS NULL AND c.queued_at < ? LIMIT ?", keepCommands},
}

// overCommands are commands that nothing depends on any more: an answer that
// comes later is taken, and changes nothing. What waits for a device that was
// away all the time is withdrawn by its row, which stays until then.
const overCommands = `SELECT c.command_uuid FROM invite_commands c JOIN invitations i ON i.id = c.invitation_id
	WHERE i.settled_at IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM mdm_commands q WHERE q.enrollment_id = c.enrollment_id AND q.uuid = c.command_uuid AND q.ended_at IS NULL) AND `

// overWoken are users who have nothing open.
const overWoken = `SELECT w.user_id FROM woken_users w
	WHERE NOT EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = w.user_id AND i.settled_at IS NULL) AND `

// Purge removes what has outlived its use: idempotency records, plans that were
// never sent, notifications that Apple does not repeat any more, and what is
// over of enrollments, of sign-ins and of commands to devices. It can be stopped anywhere.
func (s *Store) Purge(ctx context.Context) error {
	var now Time
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		if now, err = tx.Now(ctx); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM idempotency WHERE expires_at < ?", now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM apple_notifications WHERE at < ?", At(now.Add(-keepNotifications))); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM plans WHERE send_id IS NULL AND expires_at < ?", At(now.Add(-keepPlans)))
		return err
	})
	if err != nil {
		return fmt.Errorf("purging: %w", err)
	}
	for _, p := range purgedOften {
		if _, err := s.purge(ctx, p, now.Add(-p.keep)); err != nil {
			return err
		}
	}
	_, err = s.MDM().Purge(ctx, now.Add(-keepQueues))
	return err
}

// purgedAtOnce bounds what one statement deletes, so that it holds nobody up.
const purgedAtOnce = 1000

// purge deletes rows from before a moment and tells how many.
func (s *Store) purge(ctx context.Context, p purged, before time.Time) (int, error) {
	total := 0
	for more := true; more; {
		n, err := s.exec(ctx, "DELETE FROM "+p.table+" WHERE "+p.key+" IN ("+p.rows+")", At(before), purgedAtOnce)
		if err != nil {
			return total, fmt.Errorf("purging %s: %w", p.table, err)
		}
		total, more = total+int(n), n == purgedAtOnce
	}
	return total, nil
}
