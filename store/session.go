package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

// sessionTouch is how long a session goes without its use being written down.
const sessionTouch = time.Minute

// SaveSession keeps a session by the hash of its token, in place of one that
// had the same. Fault: conflict when its administrator was deleted.
func (s *Store) SaveSession(ctx context.Context, hash string, n people.Session) error {
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO sessions (hash, administrator_id, epoch, data, seen_at, over_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (hash) DO UPDATE SET administrator_id = excluded.administrator_id, epoch = excluded.epoch, data = excluded.data,
				seen_at = excluded.seen_at, over_at = excluded.over_at, expires_at = excluded.expires_at`,
			hash, Text(n.AdministratorID), n.Epoch, n.Data, now, At(n.OverAt), earlier(now.Add(n.Idle), n.OverAt))
		if err != nil || n.AdministratorID == "" {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE administrators SET last_seen_at = ? WHERE id = ?", now, n.AdministratorID)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping a session: %w", err)
	}
	return nil
}

func earlier(a, b time.Time) Time {
	if b.Before(a) {
		return At(b)
	}
	return At(a)
}

type sessionRow struct {
	AdministratorID Text   `db:"administrator_id"`
	Data            string `db:"data"`
	SeenAt          Time   `db:"seen_at"`
	OverAt          Time   `db:"over_at"`
	ExpiresAt       Time   `db:"expires_at"`
}

// FindSession returns the data of a session that is neither over nor of an
// administrator's earlier epoch, and puts off its end by idle. That is written
// down once a minute.
func (s *Store) FindSession(ctx context.Context, hash string, idle time.Duration) (data string, found bool, err error) {
	var row sessionRow
	var now Time
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.Get(ctx, &row, `SELECT s.administrator_id, s.data, s.seen_at, s.over_at, s.expires_at FROM sessions s
			LEFT JOIN administrators a ON a.id = s.administrator_id
			WHERE s.hash = ? AND (s.administrator_id IS NULL OR a.epoch = s.epoch)`, hash); err != nil {
			return err
		}
		now, err = tx.Now(ctx)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("looking up a session: %w", err)
	}
	if !now.Before(row.ExpiresAt.Time) {
		return "", false, nil
	}
	if now.Sub(row.SeenAt.Time) < sessionTouch {
		return row.Data, true, nil
	}
	// A database that takes no writes still tells who is signed in.
	if err := s.touchSession(ctx, hash, row, idle); err != nil && !fault.Is(err, fault.Unavailable) {
		return "", false, err
	}
	return row.Data, true, nil
}

// touchSession never makes a session: one that was ended meanwhile stays so.
func (s *Store) touchSession(ctx context.Context, hash string, row sessionRow, idle time.Duration) error {
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE sessions SET seen_at = ?, expires_at = ? WHERE hash = ?", now, earlier(now.Add(idle), row.OverAt.Time), hash)
		if err != nil || row.AdministratorID == "" {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE administrators SET last_seen_at = ? WHERE id = ?", now, row.AdministratorID)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting the use of a session: %w", err)
	}
	return nil
}

// DeleteSession ends a session; one that does not exist is no error.
func (s *Store) DeleteSession(ctx context.Context, hash string) error {
	if _, err := s.exec(ctx, "DELETE FROM sessions WHERE hash = ?", hash); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// NoteSignIn writes into the audit log that an administrator signed in, or out.
func (s *Store) NoteSignIn(ctx context.Context, a people.Administrator, action string) error {
	err := s.write(withoutClaim(ctx), func(_ context.Context, tx *Tx) error {
		tx.audit(a.Actor(), change{Action: "administrator." + action, Kind: "administrator", ID: a.ID})
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting a sign-in: %w", err)
	}
	return nil
}

// EndSignIns ends all sessions and one-time links: those of a backup may have
// been ended since.
func (s *Store) EndSignIns(ctx context.Context) error {
	for _, table := range []string{"sessions", "sign_in_links"} {
		if _, err := s.exec(ctx, "DELETE FROM "+table); err != nil {
			return fmt.Errorf("ending what signs people in: %w", err)
		}
	}
	return nil
}
