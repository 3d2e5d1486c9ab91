package store

import (
	"context"
	"fmt"
	"time"

	"heraut/content"
)

// unregistered is a condition on users u with their registrations r at one
// location: Apple still has to register them. Whom Apple refused without a
// Managed Apple Account it would refuse again.
const unregistered = `u.deleted_at IS NULL AND u.disabled_at IS NULL AND u.state <> 'enrolled' AND (r.state IS NULL OR r.state NOT IN ('registered', 'associated')
	AND NOT (r.state = 'refused' AND r.refused_account = ''))`

type unregisteredRow struct {
	UserID string `db:"user_id"`
	Seq    int    `db:"seq"`
}

// Unregistered lists, in the order of the plan, users of the targets of a send
// from the target from on whom Apple has to register at a location, which is
// theirs: at most limit, so that
// Apple is asked for many at once. within says how many of them belong to
// targets before to; when there are none, none are listed.
func (s *Store) Unregistered(ctx context.Context, location, sendID string, from, to, limit int) (list []content.NewAccount, within int, err error) {
	send, err := readSend(ctx, s.reader(), sendID)
	if err != nil {
		return nil, 0, err
	}
	// A window of the plan is read, and a larger one where that holds too few.
	var rows []unregisteredRow
	for window := max(to-from, 4*limit); ; window *= 2 {
		if rows, err = s.unregistered(ctx, location, send, from, from+window, limit); err != nil {
			return nil, 0, fmt.Errorf("reading whom Apple has to register for send %s: %w", sendID, err)
		}
		if len(rows) == 0 || rows[0].Seq >= to {
			return nil, 0, nil
		}
		if len(rows) == limit || from+window >= send.Total {
			break
		}
	}
	idOf, err := s.clientIDs(ctx, s.reader(), location)
	if err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		if r.Seq < to {
			within++
		}
		list = append(list, content.NewAccount{UserID: r.UserID, ClientUserID: idOf(r.UserID)})
	}
	return list, within, nil
}

func (s *Store) unregistered(ctx context.Context, location string, send sendRow, from, to, limit int) ([]unregisteredRow, error) {
	with, args := placed(scope{"IN (SELECT user_id FROM plan_targets WHERE plan_id = ? AND seq >= ? AND seq < ?)", []any{send.PlanID, from, to}})
	// Before its page is written a target has no invitation.
	query := with + `SELECT t.user_id, MIN(t.seq) AS seq FROM plan_targets t
		JOIN placed p ON p.user_id = t.user_id AND p.location = ? JOIN users u ON u.id = t.user_id LEFT JOIN registrations r ON r.location = ? AND r.user_id = t.user_id
		LEFT JOIN invitations i ON i.id = t.invitation_id
		WHERE t.plan_id = ? AND t.seq >= ? AND t.seq < ? AND (i.id IS NULL OR i.settled_at IS NULL AND i.pending = 0 AND i.due_at <= ? AND i.expires_at > ?) AND ` + unregistered + `
		GROUP BY t.user_id ORDER BY seq LIMIT ?`
	var rows []unregisteredRow
	now := At(s.clock()) // the claim looks again, by the database's
	err := s.reader().Select(ctx, &rows, query, append(args, location, location, send.PlanID, from, to, now, now, limit)...)
	return rows, err
}

// UserUnregistered tells whether Apple has to register a user at a location,
// which is the user's, before something that is due, and not over, can be
// delivered.
func (s *Store) UserUnregistered(ctx context.Context, location, userID string) (account content.NewAccount, ok bool, err error) {
	with, args := placed(scopeOfUser(userID))
	query := with + `SELECT COUNT(*) FROM placed p JOIN users u ON u.id = p.user_id LEFT JOIN registrations r ON r.location = ? AND r.user_id = u.id
		WHERE p.location = ? AND EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = u.id AND i.settled_at IS NULL AND i.pending IS NOT NULL AND i.due_at <= ? AND i.expires_at > ?)
		AND ` + unregistered
	var n int
	now := At(s.clock()) // the claim looks again, by the database's
	err = s.reader().Get(ctx, &n, query, append(args, location, location, now, now)...)
	if err != nil {
		return account, false, fmt.Errorf("reading whether Apple has to register user %s: %w", userID, err)
	}
	idOf, err := s.clientIDs(ctx, s.reader(), location)
	if err != nil {
		return account, false, err
	}
	return content.NewAccount{UserID: userID, ClientUserID: idOf(userID)}, n > 0, nil
}

// WantedAccounts lists whom Apple has to register at their location though no first delivery
// waits for it: the silent ones, requests of which nothing was heard any more,
// and users with open invitations that were delivered, who were invited before
// there was a content token or whose account has ended at Apple. Of who is
// disabled only requests under way count.
func (s *Store) WantedAccounts(ctx context.Context, location string, limit int) ([]content.NewAccount, error) {
	now := s.clock()
	var rows []registrationRow
	with, args := placed(scope{
		`IN (SELECT user_id FROM registrations WHERE location = ? AND (state = 'wanted' OR state = 'submitted'
				AND (submitted_at < ? OR event_id = '' AND submitted_at < ?))
			UNION SELECT user_id FROM invitations WHERE settled_at IS NULL AND (pending IS NULL OR pending > 0))`,
		[]any{location, stuckSince(now), lostSince(now)},
	})
	err := s.reader().Select(ctx, &rows, with+`SELECT u.id AS user_id, COALESCE(r.client_user_id, '') AS client_user_id, COALESCE(r.managed_apple_account, '') AS managed_apple_account
		FROM placed p JOIN users u ON u.id = p.user_id LEFT JOIN registrations r ON r.location = ? AND r.user_id = u.id
		WHERE p.location = ? AND u.deleted_at IS NULL AND (u.disabled_at IS NULL OR r.state = 'submitted')
		AND (r.state IS NULL OR r.state IN ('wanted', 'submitted', 'retired') OR r.state = 'refused' AND r.refused_account <> '')
		AND (r.state IS NULL OR r.state <> 'submitted' OR r.submitted_at < ? OR r.event_id = '' AND r.submitted_at < ?)
		ORDER BY u.id LIMIT ?`, append(args, location, location, stuckSince(now), lostSince(now), limit)...)
	if err != nil {
		return nil, fmt.Errorf("reading whom Apple has to register: %w", err)
	}
	idOf, err := s.clientIDs(ctx, s.reader(), location)
	if err != nil {
		return nil, err
	}
	list := make([]content.NewAccount, len(rows))
	for i, r := range rows {
		list[i] = content.NewAccount{UserID: r.UserID, ClientUserID: r.ClientUserID, ManagedAppleAccount: r.ManagedAccount}
		if r.ClientUserID == "" {
			list[i].ClientUserID = idOf(r.UserID)
		}
	}
	return list, nil
}

// stuckSince and lostSince are when requests left for which Apple may be asked
// again now.
func stuckSince(now time.Time) Time { return At(now.Add(-content.Stuck)) }

func lostSince(now time.Time) Time { return At(now.Add(-content.Lost)) }
