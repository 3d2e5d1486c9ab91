package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// ResendInvitation sends an open invitation once more, with expiry and
// reminders begun anew. batch names the occasion: invitations of one user that
// are resent in one batch share one mail. Faults: not_found, invitation_settled.
func (s *Store) ResendInvitation(ctx context.Context, actor people.Actor, id, batch string) (invitation.Decided, error) {
	return s.anew(ctx, actor, id, "resend", func(ctx context.Context, tx *Tx, now, expires Time) error {
		_, err := tx.Exec(ctx, `UPDATE invitations SET occasion = ?, pending = 0, due_at = ?, retries = 0, taken_at = NULL, waiting_for = '',
			expires_at = ?, reminders_stopped = FALSE WHERE id = ?`, batch, now, expires, id)
		return err
	})
}

// ExtendInvitation gives an open invitation its full time again from now.
// Faults: not_found, invitation_settled.
func (s *Store) ExtendInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
	return s.anew(ctx, actor, id, "extend", func(ctx context.Context, tx *Tx, _, expires Time) error {
		_, err := tx.Exec(ctx, "UPDATE invitations SET expires_at = ?, new_link_asked = FALSE WHERE id = ?", expires, id)
		return err
	})
}

func (s *Store) anew(ctx context.Context, actor people.Actor, id, what string, do func(ctx context.Context, tx *Tx, now, expires Time) error) (invitation.Decided, error) {
	var decided invitation.Decided
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		open, now, err := tx.openInvitation(ctx, id)
		if err != nil {
			return err
		}
		decided.UserID = open.UserID
		expires := At(now.Add(open.Schedule.V.ExpiresAfter))
		if err := do(ctx, tx, now, expires); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "invitation." + what, Kind: "invitation", ID: id, Was: stateDoc{open.State}, Became: stateDoc{open.State}})
		return tx.insertEvents(ctx, []eventRow{{InvitationID: id, At: now, What: pastTense(what), Actor: actor.String()}})
	})
	if err != nil {
		return decided, fmt.Errorf("%sing invitation %s: %w", what, id, err)
	}
	return decided, nil
}

func pastTense(what string) string {
	if what == "resend" {
		return "resent"
	}
	return "extended"
}

// AskNewLink notes that the invited person asks for a new link; it sends
// nothing. Asking again changes nothing. Fault: not_found.
func (s *Store) AskNewLink(ctx context.Context, id string) error {
	return s.note(ctx, id, "new_link_asked", "UPDATE invitations SET new_link_asked = TRUE WHERE id = ? AND NOT new_link_asked")
}

// StopReminders ends the reminders of an invitation, not the invitation.
// Fault: not_found.
func (s *Store) StopReminders(ctx context.Context, id string) error {
	return s.note(ctx, id, "reminders_stopped", `UPDATE invitations SET reminders_stopped = TRUE,
		pending = CASE WHEN pending > 0 THEN NULL ELSE pending END, due_at = CASE WHEN pending > 0 THEN NULL ELSE due_at END
		WHERE id = ? AND NOT reminders_stopped`)
}

func (s *Store) note(ctx context.Context, id, what, query string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if n, err := tx.Exec(ctx, query, id); err != nil || n == 0 {
			return err
		}
		return tx.insertEvents(ctx, []eventRow{{InvitationID: id, At: now, What: what, Actor: people.Actor{Kind: people.ActorUser}.String()}})
	})
	if err != nil {
		return fmt.Errorf("noting %s on invitation %s: %w", what, id, err)
	}
	return nil
}
