package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// Answer decides an open invitation: one conditional update, by the
// database's clock; the first of accept, decline, cancel and expiry wins.
// Faults: not_found, invitation_settled. What the answer entails is Record's.
func (s *Store) Answer(ctx context.Context, id string, a invitation.Answer, actor people.Actor, source invitation.Source) (invitation.Decided, error) {
	if !a.Known() {
		return invitation.Decided{}, fault.Invalid(fault.Field{Pointer: "/answer", Message: "Use accept or decline."})
	}
	var decided invitation.Decided
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		open, now, err := tx.openInvitation(ctx, id)
		if err != nil {
			return err
		}
		settled, over, err := tx.settle(ctx, []string{id}, settlement{State: a.State(), Actor: actor, At: now, Source: source})
		if err != nil {
			return err
		}
		if len(settled) == 0 {
			return errSettled()
		}
		decided = invitation.Decided{UserID: open.UserID, SettledSends: over}
		tx.audit(actor, change{Action: "invitation." + string(a), Kind: "invitation", ID: id, Was: stateDoc{open.State}, Became: stateDoc{a.State()}})
		return nil
	})
	if err != nil {
		return decided, fmt.Errorf("answering invitation %s: %w", id, err)
	}
	return decided, nil
}

// stateDoc is what the audit log keeps of an invitation or a send.
type stateDoc struct {
	State any `json:"state"`
}

func errSettled() error {
	return fault.New(fault.InvitationSettled, "The invitation is settled already.")
}

type openInvitationRow struct {
	UserID    string                    `db:"user_id"`
	Occasion  string                    `db:"occasion"`
	State     invitation.State          `db:"state"`
	ExpiresAt Time                      `db:"expires_at"`
	SettledAt Time                      `db:"settled_at"`
	Schedule  JSON[invitation.Schedule] `db:"schedule"`
}

// openInvitation locks and reads an invitation that can still be acted on.
// Faults: not_found, invitation_settled (past its expiry too, swept or not).
func (tx *Tx) openInvitation(ctx context.Context, id string) (openInvitationRow, Time, error) {
	if err := tx.lock(ctx, "invitations", []string{id}); err != nil {
		return openInvitationRow{}, Time{}, err
	}
	var row openInvitationRow
	err := tx.Get(ctx, &row, `SELECT i.user_id, i.occasion, i.state, i.expires_at, i.settled_at, s.schedule
		FROM invitations i JOIN sends s ON s.id = i.send_id WHERE i.id = ?`, id)
	if err != nil {
		return row, Time{}, orNotFound(err, "Invitation not found.")
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return row, now, err
	}
	if !row.SettledAt.IsZero() || !now.Before(row.ExpiresAt.Time) {
		return row, now, errSettled()
	}
	return row, now, nil
}
