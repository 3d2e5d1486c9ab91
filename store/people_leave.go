package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// disableUsers notes that people have left, or are disabled where the
// organization keeps them: their open invitations are cancelled, and they have
// no services any more, so that licenses come back. Whose enrollment there is
// stays enrolled, and has it all again once enabled. Who is disabled already
// stays as it is. It tells who was not.
func disableUsers(ctx context.Context, tx *Tx, actor people.Actor, ids []string) (disabled []string, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	disabled, err = changeUsers(ctx, tx, actor, "user.disable", "disabled_at = ?, updated_at = ?", []any{now, now}, "disabled_at IS NULL", ids)
	if err != nil {
		return nil, fmt.Errorf("disabling users: %w", err)
	}
	return disabled, cancelOpenFor(ctx, tx, actor, disabled, nil, string(invitation.Disabled))
}

// enableUsers lets people who were disabled be invited again. It tells who was.
func enableUsers(ctx context.Context, tx *Tx, actor people.Actor, ids []string) (enabled []string, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	enabled, err = changeUsers(ctx, tx, actor, "user.enable", "disabled_at = NULL, updated_at = ?", []any{now}, "disabled_at IS NOT NULL", ids)
	if err != nil {
		return nil, fmt.Errorf("enabling users: %w", err)
	}
	return enabled, nil
}

// changeUsers sets columns of the living users among ids for which the
// condition holds, notes that in the audit log, and tells who they were.
func changeUsers(ctx context.Context, tx *Tx, actor people.Actor, action, set string, values []any, condition string, ids []string) ([]string, error) {
	var changed []string
	for part := range slices.Chunk(ids, maxIn) {
		in, args := inClause("id", part)
		var some []string
		err := tx.Select(ctx, &some, "UPDATE users SET "+set+", version = version + 1 WHERE deleted_at IS NULL AND "+condition+
			" AND "+in+" RETURNING id", append(slices.Clone(values), args...)...)
		if err != nil {
			return nil, err
		}
		changed = append(changed, some...)
	}
	for _, id := range changed {
		tx.audit(actor, change{Action: action, Kind: "user", ID: id})
	}
	return changed, nil
}
