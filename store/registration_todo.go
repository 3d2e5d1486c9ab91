package store

import (
	"context"
	"fmt"

	"heraut/content"
)

// unregistered is a condition on users u with their registrations r at one
// location: Apple still has to register them. Whom Apple refused without a
// Managed Apple Account it would refuse again.
const unregistered = `u.deleted_at IS NULL AND u.state <> 'enrolled' AND (r.state IS NULL OR r.state NOT IN ('registered', 'associated')
	AND NOT (r.state = 'refused' AND r.refused_account = ''))`

type unregisteredRow struct {
	UserID string `db:"user_id"`
	Seq    int    `db:"seq"`
}

// Unregistered lists, in the order of the plan, users of the targets of a send
// from the target from on whom Apple has to register: at most limit, so that
// Apple is asked for many at once. within says how many of them belong to
// targets before to; when there are none, none are listed.
func (s *Store) Unregistered(ctx context.Context, location, sendID string, from, to, limit int) (list []content.NewAccount, within int, err error) {
	var rows []unregisteredRow
	// What a page has settled is invited no more.
	err = s.reader().Select(ctx, &rows, `SELECT t.user_id, MIN(t.seq) AS seq FROM sends s JOIN plan_targets t ON t.plan_id = s.plan_id
		JOIN users u ON u.id = t.user_id LEFT JOIN registrations r ON r.location = ? AND r.user_id = t.user_id
		LEFT JOIN invitations i ON i.id = t.invitation_id
		WHERE s.id = ? AND t.seq >= ? AND i.settled_at IS NULL AND `+unregistered+`
		GROUP BY t.user_id ORDER BY seq LIMIT ?`, location, sendID, from, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("reading whom Apple has to register for send %s: %w", sendID, err)
	}
	for _, r := range rows {
		if r.Seq < to {
			within++
		}
		list = append(list, content.NewAccount{UserID: r.UserID, ClientUserID: s.clientUserID(r.UserID)})
	}
	if within == 0 {
		return nil, 0, nil
	}
	return list, within, nil
}

// UserUnregistered tells whether Apple has to register a user before something
// that is due can be delivered.
func (s *Store) UserUnregistered(ctx context.Context, location, userID string) (account content.NewAccount, ok bool, err error) {
	var n int
	err = s.reader().Get(ctx, &n, `SELECT COUNT(*) FROM users u LEFT JOIN registrations r ON r.location = ? AND r.user_id = u.id
		WHERE u.id = ? AND EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = u.id AND i.settled_at IS NULL) AND `+unregistered, location, userID)
	if err != nil {
		return account, false, fmt.Errorf("reading whether Apple has to register user %s: %w", userID, err)
	}
	return content.NewAccount{UserID: userID, ClientUserID: s.clientUserID(userID)}, n > 0, nil
}

// WantedAccounts lists whom Apple has to register without a delivery that waits
// for it: the silent ones, requests of which nothing was heard any more, and
// users with open invitations whose account has ended at Apple.
func (s *Store) WantedAccounts(ctx context.Context, location string, limit int) ([]content.NewAccount, error) {
	now := s.clock()
	var rows []registrationRow
	err := s.reader().Select(ctx, &rows, `SELECT r.location, r.user_id, r.client_user_id, r.state, r.managed_apple_account FROM registrations r
		JOIN users u ON u.id = r.user_id WHERE r.location = ? AND u.deleted_at IS NULL AND (r.state = 'wanted'
		OR r.state = 'submitted' AND (r.submitted_at < ? OR r.event_id = '' AND r.submitted_at < ?)
		OR r.state = 'retired' AND EXISTS (SELECT 1 FROM invitations i WHERE i.user_id = r.user_id AND i.settled_at IS NULL))
		ORDER BY r.user_id LIMIT ?`, location, At(now.Add(-content.Stuck)), At(now.Add(-content.Lost)), limit)
	if err != nil {
		return nil, fmt.Errorf("reading whom Apple has to register: %w", err)
	}
	list := make([]content.NewAccount, len(rows))
	for i, r := range rows {
		list[i] = content.NewAccount{UserID: r.UserID, ClientUserID: r.ClientUserID, ManagedAppleAccount: r.ManagedAccount}
	}
	return list, nil
}
