package store

import (
	"context"
	"fmt"
	"slices"
)

// codeChanged makes due again what was queued by MDM for users whose invite
// code is another from now on: their commands carry one that is dead. It
// returns those of the users for whom something is due.
func (tx *Tx) codeChanged(ctx context.Context, users []string) ([]string, error) {
	var due []string
	for part := range slices.Chunk(users, maxIn) {
		some, err := tx.codeChangedFor(ctx, part)
		if err != nil {
			return nil, err
		}
		due = append(due, some...)
	}
	return due, nil
}

func (tx *Tx) codeChangedFor(ctx context.Context, users []string) ([]string, error) {
	ids, owners, err := tx.carryingCodes(ctx, users)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	return owners, tx.requeue(ctx, ids, requeued{due: now, what: "code_renewed", at: now})
}

// carryingCodes are the open invitations of users whose command was noted, or
// is being written at this moment, and the users who have some.
func (tx *Tx) carryingCodes(ctx context.Context, users []string) (ids, owners []string, err error) {
	var rows []struct {
		ID     string `db:"id"`
		UserID string `db:"user_id"`
	}
	in, args := inClause("i.user_id", users)
	err = tx.Select(ctx, &rows, "SELECT i.id, i.user_id FROM invitations i WHERE "+in+` AND i.settled_at IS NULL AND i.channel = 'mdm'
		AND (EXISTS (SELECT 1 FROM invite_commands c WHERE c.invitation_id = i.id AND c.generation = i.generation)
			OR EXISTS (SELECT 1 FROM delivery_invitations di JOIN deliveries d ON d.id = di.delivery_id WHERE di.invitation_id = i.id
				AND d.channel = 'mdm' AND d.occasion = i.occasion AND d.generation = i.generation AND d.state = 'transmitting'))
		ORDER BY i.id`+tx.forUpdate("i"), args...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading what carries an invite code: %w", err)
	}
	for _, r := range rows {
		ids, owners = append(ids, r.ID), append(owners, r.UserID)
	}
	slices.Sort(owners)
	return ids, slices.Compact(owners), nil
}
