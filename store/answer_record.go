package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

type answeredRow struct {
	ID         string             `db:"id"`
	State      invitation.State   `db:"state"`
	AnsweredAt Time               `db:"answered_at"`
	Source     invitation.Source  `db:"source"`
	Actor      JSON[people.Actor] `db:"actor"`
}

// Record writes what decided answers entail for a user: the enrollment, the
// user's other open invitations, expiry. It is safe to run twice; without
// anything to record it only reads.
func (s *Store) Record(ctx context.Context, userID string) (invitation.Recorded, error) {
	var r invitation.Recorded
	idle, err := s.recordIdle(ctx, userID, &r)
	if err == nil && !idle {
		err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
			r = invitation.Recorded{}
			return recordUser(ctx, tx, userID, &r)
		})
	}
	if err != nil {
		return r, fmt.Errorf("recording for user %s: %w", userID, err)
	}
	return r, nil
}

// recordIdle tells whether there is nothing to record, and then what is next.
func (s *Store) recordIdle(ctx context.Context, userID string, r *invitation.Recorded) (idle bool, err error) {
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var todo int
		err = tx.Get(ctx, &todo, `SELECT COUNT(*) FROM invitations WHERE user_id = ?
			AND (answered_at IS NOT NULL AND recorded_at IS NULL OR settled_at IS NULL AND expires_at <= ?)`, userID, now)
		if err != nil {
			return fmt.Errorf("looking for answers: %w", err)
		}
		if idle = todo == 0; !idle {
			return nil
		}
		r.Next, err = nextFor(ctx, tx, userID, now)
		return err
	})
	return idle, err
}

func recordUser(ctx context.Context, tx *Tx, userID string, r *invitation.Recorded) error {
	if err := tx.lock(ctx, "users", []string{userID}); err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	var answers []answeredRow
	err = tx.Select(ctx, &answers, `SELECT id, state, answered_at, source, actor FROM invitations
		WHERE user_id = ? AND answered_at IS NOT NULL AND recorded_at IS NULL ORDER BY answered_at, id`, userID)
	if err != nil {
		return fmt.Errorf("reading answers: %w", err)
	}
	for _, a := range answers {
		if err := recordAnswer(ctx, tx, userID, a, now, r); err != nil {
			return err
		}
	}
	if err := expire(ctx, tx, userID, now, r); err != nil {
		return err
	}
	r.Next, err = nextFor(ctx, tx, userID, now)
	return err
}

// recordAnswer enrolls on an acceptance and settles the siblings: all open
// ones on an acceptance, on a refusal those that were open when it was given.
func recordAnswer(ctx context.Context, tx *Tx, userID string, a answeredRow, now Time, r *invitation.Recorded) error {
	if a.State == invitation.Accepted {
		if err := enroll(ctx, tx, userID, "", a); err != nil {
			return err
		}
	}
	siblings, err := openSiblings(ctx, tx, userID, a)
	if err != nil {
		return err
	}
	_, over, err := tx.settle(ctx, siblings, settlement{State: a.State, Actor: a.Actor.V, At: now})
	if err != nil {
		return err
	}
	r.SettledSends = append(r.SettledSends, over...)
	if _, err := tx.Exec(ctx, "UPDATE invitations SET recorded_at = ? WHERE id = ?", now, a.ID); err != nil {
		return fmt.Errorf("marking invitation %s recorded: %w", a.ID, err)
	}
	return nil
}

func openSiblings(ctx context.Context, tx *Tx, userID string, a answeredRow) ([]string, error) {
	query, args := "SELECT id FROM invitations WHERE user_id = ? AND settled_at IS NULL", []any{userID}
	if a.State == invitation.Declined {
		query, args = query+" AND created_at <= ?", append(args, a.AnsweredAt)
	}
	var ids []string
	if err := tx.Select(ctx, &ids, query+" ORDER BY id", args...); err != nil {
		return nil, fmt.Errorf("reading siblings: %w", err)
	}
	return ids, nil
}

// enroll records that a user has accepted, at a location of Apple's or, for an
// empty one, on Heraut's own page.
func enroll(ctx context.Context, tx *Tx, userID, location string, a answeredRow) error {
	n, err := tx.Exec(ctx, `INSERT INTO enrollments (user_id, invitation_id, enrolled_at, source, location) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (user_id) DO NOTHING`, userID, Text(a.ID), a.AnsweredAt, string(a.Source), location)
	if err != nil {
		return fmt.Errorf("writing an enrollment: %w", err)
	}
	if n == 0 { // on Heraut's own page before: now Apple knows it too
		_, err := tx.Exec(ctx, "UPDATE enrollments SET location = ? WHERE user_id = ? AND location = ''", location, userID)
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE users SET state = 'enrolled', enrolled_at = ?, version = version + 1 WHERE id = ?", a.AnsweredAt, userID)
	if err != nil {
		return fmt.Errorf("marking user %s enrolled: %w", userID, err)
	}
	if err := unmark(ctx, tx, []string{userID}); err != nil {
		return err
	}
	tx.audit(a.Actor.V, change{Action: "enrollment.create", Kind: "enrollment", ID: userID, Became: struct {
		InvitationID string            `json:"invitation_id,omitempty"`
		Source       invitation.Source `json:"source"`
	}{a.ID, a.Source}})
	return nil
}

func expire(ctx context.Context, tx *Tx, userID string, now Time, r *invitation.Recorded) error {
	var ids []string
	err := tx.Select(ctx, &ids, "SELECT id FROM invitations WHERE user_id = ? AND settled_at IS NULL AND expires_at <= ?", userID, now)
	if err != nil {
		return fmt.Errorf("reading what expired: %w", err)
	}
	_, over, err := tx.settle(ctx, ids, settlement{State: invitation.Expired, Actor: people.System("expiry"), At: now})
	r.SettledSends = slices.Concat(r.SettledSends, over)
	return err
}

// nextFor tells what a user's open invitations ask for next. Deliveries of a
// paused send are not due: its resume wakes the user. Neither are those past
// expiry, which Record settles.
func nextFor(ctx context.Context, from getter, userID string, now Time) (invitation.Next, error) {
	var row struct {
		Open    int  `db:"open"`
		Due     Time `db:"due"`
		Expires Time `db:"expires"`
	}
	err := from.Get(ctx, &row, `SELECT COUNT(*) AS open, MIN(CASE WHEN s.state = 'running' AND i.pending IS NOT NULL AND i.expires_at > ? THEN i.due_at END) AS due,
		MIN(i.expires_at) AS expires FROM invitations i JOIN sends s ON s.id = i.send_id WHERE i.user_id = ? AND i.settled_at IS NULL`, now, userID)
	if err != nil {
		return invitation.Next{}, fmt.Errorf("reading what is next: %w", err)
	}
	next := invitation.Next{Done: row.Open == 0, At: row.Expires.Time}
	if !row.Due.IsZero() {
		next.Due = !now.Before(row.Due.Time)
		if row.Due.Before(next.At) {
			next.At = row.Due.Time
		}
	}
	return next, nil
}
