package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
)

// check reads the users of a page as they are now.
func (w *pageWriter) check(ctx context.Context, users []string) (map[string]invitation.Candidate, error) {
	list, err := candidates(ctx, w.tx, scopeOfUsers(users))
	if err != nil {
		return nil, err
	}
	byID := make(map[string]invitation.Candidate, len(list))
	for _, c := range list {
		byID[c.UserID] = c
	}
	return byID, nil
}

// holdsStill tells why a frozen target may no longer be invited; empty: it may.
// A channel that went away meanwhile is looked at when the delivery is claimed.
func holdsStill(now map[string]invitation.Candidate, t invitation.Target) invitation.Reason {
	c, known := now[t.UserID]
	switch {
	case !known:
		return invitation.Deleted
	case !c.Services:
		return invitation.ServicesOff
	case c.Enrolled:
		return invitation.AlreadyEnrolled
	case t.DeviceID != "" && !slices.ContainsFunc(c.Devices, func(d invitation.CandidateDevice) bool { return d.ID == t.DeviceID }):
		return invitation.Reassigned
	}
	return ""
}

// openKey is what makes an open invitation unique.
type openKey struct{ user, device string }

type openRow struct {
	ID       string `db:"id"`
	UserID   string `db:"user_id"`
	DeviceID Text   `db:"device_id"`
}

// openOf reads the open invitations of users, at most maxIn.
func openOf(ctx context.Context, from getter, users []string) (map[openKey]openRow, error) {
	var rows []openRow
	in, args := inClause("user_id", users)
	err := from.Select(ctx, &rows, "SELECT id, user_id, device_id FROM invitations WHERE settled_at IS NULL AND "+in, args...)
	if err != nil {
		return nil, fmt.Errorf("reading open invitations: %w", err)
	}
	open := make(map[openKey]openRow, len(rows))
	for _, r := range rows {
		open[openKey{r.UserID, string(r.DeviceID)}] = r
	}
	return open, nil
}

// lock takes the rows of ids, in their order, until the transaction ends. On
// SQLite a writing transaction has everything to itself already.
func (tx *Tx) lock(ctx context.Context, table string, ids []string) error {
	if tx.store.kind == SQLite || len(ids) == 0 {
		return nil
	}
	in, args := inClause("id", ids)
	var locked []string
	if err := tx.Select(ctx, &locked, "SELECT id FROM "+table+" WHERE "+in+" ORDER BY id FOR UPDATE", args...); err != nil {
		return fmt.Errorf("locking %s: %w", table, err)
	}
	return nil
}
