package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// present is what counts for users at this moment, for targets that were frozen
// before.
type present struct {
	users map[string]invitation.Candidate
	// members are who of them still belongs to the group; nil: nobody needs to.
	members map[string]bool
	// audience is that of the plan; empty where it no longer matters.
	audience invitation.Audience
}

func usersNow(ctx context.Context, from getter, users []string) (present, error) {
	n := present{users: make(map[string]invitation.Candidate, len(users))}
	for part := range slices.Chunk(users, maxIn) {
		list, err := candidates(ctx, from, scopeOfUsers(part))
		if err != nil {
			return n, err
		}
		for _, c := range list {
			n.users[c.UserID] = c
		}
	}
	return n, nil
}

// check reads the users of a page as they are now.
func (w *pageWriter) check(ctx context.Context, users []string) (present, error) {
	n, err := usersNow(ctx, w.tx, users)
	if err != nil || w.plan.Request.GroupID == "" {
		return n, err
	}
	n.audience = w.plan.Request.Audience
	in, args := inClause("user_id", users)
	var members []string
	err = w.tx.Select(ctx, &members, "SELECT user_id FROM ("+membersOf+") AS members WHERE "+in, append([]any{w.plan.Request.GroupID}, args...)...)
	if err != nil {
		return n, fmt.Errorf("reading the members of a group: %w", err)
	}
	n.members = make(map[string]bool, len(members))
	for _, id := range members {
		n.members[id] = true
	}
	return n, nil
}

// reason tells why a frozen target may no longer be invited; empty: it may.
// A channel that went away meanwhile is looked at when the delivery is claimed.
func (n present) reason(t invitation.Target) invitation.Reason {
	c, known := n.users[t.UserID]
	switch {
	case !known:
		return invitation.Deleted
	case n.members != nil && !n.members[t.UserID]:
		return invitation.NotAMember
	case c.Disabled:
		return invitation.Disabled
	case !c.Services:
		return invitation.ServicesOff
	case c.Enrolled:
		return invitation.AlreadyEnrolled
	case n.audience == invitation.NotInvited && c.Invited:
		return invitation.PreviouslyInvited
	case t.DeviceID != "" && !slices.ContainsFunc(c.Devices, func(d invitation.CandidateDevice) bool { return d.ID == t.DeviceID }):
		return invitation.Reassigned
	}
	return ""
}

// openKey is what makes an open invitation unique.
type openKey struct{ user, device string }

type openRow struct {
	ID        string `db:"id"`
	UserID    string `db:"user_id"`
	DeviceID  Text   `db:"device_id"`
	ExpiresAt Time   `db:"expires_at"`
}

// openOf reads the open invitations of users, at most maxIn, and ends those
// that are past their expiry: nothing revives them.
func openOf(ctx context.Context, tx *Tx, users []string, at Time) (map[openKey]openRow, error) {
	var rows []openRow
	in, args := inClause("user_id", users)
	err := tx.Select(ctx, &rows, "SELECT id, user_id, device_id, expires_at FROM invitations WHERE settled_at IS NULL AND "+in, args...)
	if err != nil {
		return nil, fmt.Errorf("reading open invitations: %w", err)
	}
	open := make(map[openKey]openRow, len(rows))
	var past []string
	for _, r := range rows {
		if !at.Before(r.ExpiresAt.Time) {
			past = append(past, r.ID)
			continue
		}
		open[openKey{r.UserID, string(r.DeviceID)}] = r
	}
	_, _, err = tx.settle(ctx, past, settlement{State: invitation.Expired, Actor: people.System("expiry"), At: at})
	return open, err
}

// lock takes the rows of ids, in their order, until the transaction ends. On
// SQLite a writing transaction has everything to itself already. Whoever takes
// rows of several tables takes users first, then invitations, then sends, so
// that no two transactions wait for each other.
func (tx *Tx) lock(ctx context.Context, table string, ids []string) error {
	if tx.store.kind == SQLite {
		return nil
	}
	for part := range slices.Chunk(slices.Sorted(slices.Values(ids)), maxIn) {
		in, args := inClause("id", part)
		var locked []string
		if err := tx.Select(ctx, &locked, "SELECT id FROM "+table+" WHERE "+in+" ORDER BY id"+tx.forUpdate(table), args...); err != nil {
			return fmt.Errorf("locking %s: %w", table, err)
		}
	}
	return nil
}

// forUpdate ends a query that takes the rows of a table it reads.
func (tx *Tx) forUpdate(table string) string {
	if tx.store.kind == SQLite {
		return ""
	}
	return " FOR NO KEY UPDATE OF " + table
}
