package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// cancelOpenFor cancels the open invitations of users and of devices: they
// were deleted, reassigned, or their services went off.
func cancelOpenFor(ctx context.Context, tx *Tx, actor people.Actor, userIDs, deviceIDs []string, reason string) error {
	_, _, err := cancelOpen(ctx, tx, actor, userIDs, deviceIDs, reason)
	return err
}

// cancelOpen is cancelOpenFor and tells how many it cancelled, and which group
// sends are over by it.
func cancelOpen(ctx context.Context, tx *Tx, actor people.Actor, userIDs, deviceIDs []string, reason string) (n int, over []string, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return 0, nil, err
	}
	var open []string
	for column, ids := range map[string][]string{"user_id": userIDs, "device_id": deviceIDs} {
		for part := range slices.Chunk(ids, maxIn) {
			var some []string
			in, args := inClause(column, part)
			if err := tx.Select(ctx, &some, "SELECT id FROM invitations WHERE settled_at IS NULL AND "+in, args...); err != nil {
				return 0, nil, fmt.Errorf("reading open invitations: %w", err)
			}
			open = append(open, some...)
		}
	}
	slices.Sort(open)
	settled, over, err := tx.settle(ctx, slices.Compact(open), settlement{State: invitation.Cancelled, Actor: actor, Words: reason, At: now})
	return len(settled), over, err
}

// CancelInvitation cancels one open invitation. Faults: not_found, invitation_settled.
func (s *Store) CancelInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
	return s.decide(ctx, "cancelling", id, func(ctx context.Context, tx *Tx) (invitation.Decided, error) { return tx.cancel(ctx, actor, id) })
}

func (tx *Tx) cancel(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
	open, now, err := tx.openInvitation(ctx, id)
	if err != nil {
		return invitation.Decided{}, err
	}
	_, over, err := tx.settle(ctx, []string{id}, settlement{
		State: invitation.Cancelled, Actor: actor, Words: string(invitation.CancelledByOperator), At: now,
	})
	if err != nil {
		return invitation.Decided{}, err
	}
	tx.audit(actor, change{Action: "invitation.cancel", Kind: "invitation", ID: id, Was: stateDoc{open.State}, Became: stateDoc{invitation.Cancelled}})
	return invitation.Decided{UserID: open.UserID, SettledSends: over}, nil
}

// cancelDoc is what the audit log keeps of cancelling all that a user has open.
type cancelDoc struct {
	Invitations int    `json:"invitations"`
	Reason      string `json:"reason"`
}

// CancelUser cancels all of a user's open invitations.
func (s *Store) CancelUser(ctx context.Context, actor people.Actor, userID, reason string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, _, err := cancelOpen(ctx, tx, actor, []string{userID}, nil, reason)
		if err == nil && n > 0 {
			tx.audit(actor, change{Action: "invitation.cancel", Kind: "user", ID: userID, Became: cancelDoc{n, reason}})
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("cancelling the invitations of user %s: %w", userID, err)
	}
	return nil
}
