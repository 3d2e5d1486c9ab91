package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// ResendInvitation sends an open invitation once more, with expiry and
// reminders begun anew. batch names the occasion: invitations of one user that
// are resent in one batch share one mail, and resending in the same batch
// again does nothing. Faults: not_found, invitation_settled.
func (s *Store) ResendInvitation(ctx context.Context, actor people.Actor, id, batch string) (invitation.Decided, error) {
	return s.decide(ctx, "resending", id, func(ctx context.Context, tx *Tx) (invitation.Decided, error) { return tx.resend(ctx, actor, id, batch) })
}

// ExtendInvitation gives an open invitation its full time again from now.
// Faults: not_found, invitation_settled.
func (s *Store) ExtendInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
	return s.decide(ctx, "extending", id, func(ctx context.Context, tx *Tx) (invitation.Decided, error) { return tx.extend(ctx, actor, id) })
}

func (s *Store) decide(ctx context.Context, doing, id string, do func(context.Context, *Tx) (invitation.Decided, error)) (invitation.Decided, error) {
	var decided invitation.Decided
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		decided, err = do(ctx, tx)
		return err
	})
	if err != nil {
		return invitation.Decided{}, fmt.Errorf("%s invitation %s: %w", doing, id, err)
	}
	return decided, nil
}

func (tx *Tx) resend(ctx context.Context, actor people.Actor, id, batch string) (invitation.Decided, error) {
	open, now, err := tx.openInvitation(ctx, id)
	if err != nil || open.Occasion == batch {
		return invitation.Decided{UserID: open.UserID}, err
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET occasion = ?, pending = 0, due_at = ?, retries = 0, taken_at = NULL, waiting_for = '',
		expires_at = ?, reminders_stopped = FALSE WHERE id = ?`, batch, now, open.anew(now), id)
	if err != nil {
		return invitation.Decided{}, fmt.Errorf("making it due again: %w", err)
	}
	if err := unmark(ctx, tx, []string{open.UserID}); err != nil {
		return invitation.Decided{}, err
	}
	return open.noted(ctx, tx, actor, id, "resend", eventRow{InvitationID: id, At: now, What: "resent"})
}

func (tx *Tx) extend(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
	open, now, err := tx.openInvitation(ctx, id)
	if err != nil {
		return invitation.Decided{}, err
	}
	_, err = tx.Exec(ctx, "UPDATE invitations SET expires_at = ?, new_link_asked = FALSE WHERE id = ?", open.anew(now), id)
	if err != nil {
		return invitation.Decided{}, fmt.Errorf("moving its expiry: %w", err)
	}
	return open.noted(ctx, tx, actor, id, "extend", eventRow{InvitationID: id, At: now, What: "extended"})
}

// anew is the expiry of an invitation whose time begins again.
func (r openInvitationRow) anew(now Time) Time { return At(now.Add(r.Schedule.V.ExpiresAfter)) }

// noted tells audit log and timeline what was done to an open invitation.
func (r openInvitationRow) noted(ctx context.Context, tx *Tx, actor people.Actor, id, action string, e eventRow) (invitation.Decided, error) {
	tx.audit(actor, change{Action: "invitation." + action, Kind: "invitation", ID: id, Was: stateDoc{r.State}, Became: stateDoc{r.State}})
	e.Actor = actor.String()
	return invitation.Decided{UserID: r.UserID}, tx.insertEvents(ctx, []eventRow{e})
}
