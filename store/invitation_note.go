package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// AskNewLink notes that the invited person asks for a new link; it sends
// nothing. Asking again changes nothing. Fault: not_found.
func (s *Store) AskNewLink(ctx context.Context, id string) error {
	return s.note(ctx, id, "new_link_asked", "UPDATE invitations SET new_link_asked = TRUE WHERE id = ? AND NOT new_link_asked")
}

// unmark answers what users asked for: they are invited again, enrolled, or
// gone, so that nobody needs to look at their old invitations any more.
func unmark(ctx context.Context, tx *Tx, userIDs []string) error {
	if len(userIDs) == 0 {
		return nil
	}
	in, args := inClause("user_id", userIDs)
	if _, err := tx.Exec(ctx, "UPDATE invitations SET new_link_asked = FALSE WHERE new_link_asked AND "+in, args...); err != nil {
		return fmt.Errorf("answering who asked for a new link: %w", err)
	}
	return nil
}

// StopReminders ends the reminders of an invitation, not the invitation.
// Stopping again changes nothing. Fault: not_found.
func (s *Store) StopReminders(ctx context.Context, id string) error {
	return s.note(ctx, id, "reminders_stopped", `UPDATE invitations SET reminders_stopped = TRUE,
		pending = CASE WHEN pending > 0 THEN NULL ELSE pending END, due_at = CASE WHEN pending > 0 THEN NULL ELSE due_at END
		WHERE id = ? AND NOT reminders_stopped`)
}

// note writes what an invited person does on the page beside answering.
func (s *Store) note(ctx context.Context, id, what, query string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var userID string
		if err := tx.Get(ctx, &userID, "SELECT user_id FROM invitations WHERE id = ?", id); err != nil {
			return orNotFound(err, "Invitation not found.")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if n, err := tx.Exec(ctx, query, id); err != nil || n == 0 {
			return err
		}
		actor := people.Actor{Kind: people.ActorUser, ID: userID}
		tx.audit(actor, change{Action: "invitation." + what, Kind: "invitation", ID: id})
		return tx.insertEvents(ctx, []eventRow{{InvitationID: id, At: now, What: what, Actor: actor.String()}})
	})
	if err != nil {
		return fmt.Errorf("noting %s on invitation %s: %w", what, id, err)
	}
	return nil
}
