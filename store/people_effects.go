package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// What changes to people do to their open invitations. Each is called in the
// transaction of the change.

func usersDeleted(ctx context.Context, tx *Tx, actor people.Actor, ids []string, why invitation.Reason) error {
	if err := retire(ctx, tx, ids); err != nil {
		return err
	}
	if err := unmark(ctx, tx, ids); err != nil {
		return err
	}
	return cancelOpenFor(ctx, tx, actor, ids, nil, string(why))
}

func deviceDeleted(ctx context.Context, tx *Tx, actor people.Actor, id string) error {
	return cancelOpenFor(ctx, tx, actor, nil, []string{id}, string(invitation.Deleted))
}

// devicesReassigned must not be told of devices that belonged to nobody.
func devicesReassigned(ctx context.Context, tx *Tx, actor people.Actor, ids []string) error {
	return cancelOpenFor(ctx, tx, actor, nil, ids, string(invitation.Reassigned))
}

// servicesMayBeOff looks, after a change, at users who may have lost the
// services by it, and cancels for those who have.
func servicesMayBeOff(ctx context.Context, tx *Tx, actor people.Actor, userIDs []string) error {
	off, err := withoutServices(ctx, tx, userIDs)
	if err != nil {
		return err
	}
	return cancelOpenFor(ctx, tx, actor, off, nil, string(invitation.ServicesOff))
}

// openBelow lists, before a change, the users of groups through nesting who
// have open invitations.
func openBelow(ctx context.Context, tx *Tx, groupIDs ...string) ([]string, error) {
	var all []string
	for _, id := range groupIDs {
		var users []string
		err := tx.Select(ctx, &users, "SELECT DISTINCT user_id FROM invitations WHERE settled_at IS NULL AND user_id IN ("+usersBelow+")", id)
		if err != nil {
			return nil, fmt.Errorf("reading the open invitations of group %s: %w", id, err)
		}
		all = append(all, users...)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// openLeaving lists, before a change, the users with open invitations who
// leave a group by themselves or with a group that leaves it.
func openLeaving(ctx context.Context, tx *Tx, userIDs, groupIDs []string) ([]string, error) {
	users, err := openAmong(ctx, tx, userIDs)
	if err != nil {
		return nil, err
	}
	below, err := openBelow(ctx, tx, groupIDs...)
	return append(users, below...), err
}

// openAmong keeps the users who have open invitations.
func openAmong(ctx context.Context, tx *Tx, userIDs []string) ([]string, error) {
	var open []string
	for chunk := range slices.Chunk(userIDs, maxIn) {
		in, args := inClause("user_id", chunk)
		var part []string
		if err := tx.Select(ctx, &part, "SELECT DISTINCT user_id FROM invitations WHERE settled_at IS NULL AND "+in, args...); err != nil {
			return nil, fmt.Errorf("reading the open invitations of users: %w", err)
		}
		open = append(open, part...)
	}
	return open, nil
}
