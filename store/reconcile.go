package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

type startRow struct {
	UserID   string `db:"user_id"`
	FullName string `db:"full_name"`
	Device   Text   `db:"device_name"`
	SendID   string `db:"send_id"`
	GroupID  Text   `db:"group_id"`
	Due      Time   `db:"due"`
	Resumed  Time   `db:"resumed_at"`
	Created  Time   `db:"created_at"`
	Expires  Time   `db:"expires_at"`
	Answered Time   `db:"answered_at"`
	Woken    Time   `db:"woken_for"`
}

const startQuery = `SELECT i.user_id, u.full_name, d.name AS device_name, i.send_id, s.group_id, s.resumed_at, i.created_at, i.expires_at, i.answered_at,
	CASE WHEN s.state = 'running' AND i.pending IS NOT NULL THEN i.due_at END AS due, w.due_at AS woken_for
	FROM invitations i JOIN users u ON u.id = i.user_id JOIN sends s ON s.id = i.send_id LEFT JOIN devices d ON d.id = i.device_id
	LEFT JOIN woken_users w ON w.user_id = i.user_id
	WHERE (i.settled_at IS NULL OR i.answered_at IS NOT NULL AND i.recorded_at IS NULL) AND i.user_id IN (`

// due is when the invitation was last due: what came due during a pause is due
// since its end.
func (r startRow) due() Time {
	if !r.Due.IsZero() && r.Resumed.After(r.Due.Time) {
		return r.Resumed
	}
	return r.Due
}

// starts reads the workflows to start for the users that a query names: those
// with open invitations, and those whose answers are not recorded, at once.
func starts(ctx context.Context, from getter, users string, args ...any) ([]invitation.Start, error) {
	var rows []startRow
	if err := from.Select(ctx, &rows, startQuery+users+") ORDER BY i.user_id, i.id", args...); err != nil {
		return nil, fmt.Errorf("reading users to start: %w", err)
	}
	var list []invitation.Start
	for _, r := range rows {
		if len(list) == 0 || list[len(list)-1].UserID != r.UserID {
			list = append(list, invitation.Start{
				UserID: r.UserID, FullName: r.FullName, SendID: r.SendID, GroupID: string(r.GroupID), Since: r.Created.Time, At: r.Expires.Time, Woken: r.Woken.Time,
			})
		}
		r.addTo(&list[len(list)-1])
	}
	return list, nil
}

// addTo adds an invitation to what starting its user's workflow needs.
func (r startRow) addTo(s *invitation.Start) {
	if r.Created.Before(s.Since) {
		s.Since = r.Created.Time
	}
	if r.Device != "" {
		s.Devices = append(s.Devices, string(r.Device))
	}
	for _, at := range []Time{r.due(), r.Expires, r.Answered} {
		if at.IsZero() {
			continue
		}
		s.Due = append(s.Due, at.Time)
		if at.Before(s.At) {
			s.At = at.Time
		}
	}
}

// PageStarts lists the workflows to start for the targets [from, to) of a
// send: of users with open invitations or with answers that are not recorded.
func (s *Store) PageStarts(ctx context.Context, sendID string, from, to int) ([]invitation.Start, error) {
	return starts(ctx, s.reader(), "SELECT t.user_id FROM plan_targets t JOIN sends x ON x.plan_id = t.plan_id WHERE x.id = ? AND t.seq >= ? AND t.seq < ?", sendID, from, to)
}

// UserStart is what starting one user's workflow needs; ok is false when
// nothing is open and every answer is recorded.
func (s *Store) UserStart(ctx context.Context, userID string) (start invitation.Start, ok bool, err error) {
	list, err := starts(ctx, s.reader(), "?", userID)
	if err != nil || len(list) == 0 {
		return invitation.Start{}, false, err
	}
	return list[0], true, nil
}

// PageAnswered lists users among the targets [from, to) of a send whose
// answers are decided and not recorded.
func (s *Store) PageAnswered(ctx context.Context, sendID string, from, to int) ([]string, error) {
	var users []string
	err := s.reader().Select(ctx, &users, `SELECT DISTINCT i.user_id FROM plan_targets t JOIN sends x ON x.plan_id = t.plan_id JOIN invitations i ON i.id = t.invitation_id
		WHERE x.id = ? AND t.seq >= ? AND t.seq < ? AND i.answered_at IS NOT NULL AND i.recorded_at IS NULL`, sendID, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading answers: %w", err)
	}
	return users, nil
}

// SendUsers lists users of a send's written targets after a user id.
func (s *Store) SendUsers(ctx context.Context, sendID, after string, limit int) ([]string, error) {
	var users []string
	err := s.reader().Select(ctx, &users, `SELECT DISTINCT t.user_id FROM plan_targets t JOIN sends x ON x.plan_id = t.plan_id
		WHERE x.id = ? AND t.seq < x.written AND t.user_id > ? ORDER BY t.user_id LIMIT ?`, sendID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the users of send %s: %w", sendID, err)
	}
	return users, nil
}

// OpenUsers lists users with open invitations, after a user id.
func (s *Store) OpenUsers(ctx context.Context, after string, limit int) ([]invitation.Start, error) {
	return starts(ctx, s.reader(), `SELECT user_id FROM (SELECT DISTINCT user_id FROM invitations
		WHERE settled_at IS NULL AND user_id > ? ORDER BY user_id LIMIT ?) AS chosen`, after, limit)
}

// UnrecordedUsers lists the workflows to start for users whose answers are
// decided and not recorded.
func (s *Store) UnrecordedUsers(ctx context.Context, limit int) ([]invitation.Start, error) {
	return starts(ctx, s.reader(), `SELECT user_id FROM (SELECT DISTINCT user_id FROM (SELECT user_id FROM invitations
		WHERE answered_at IS NOT NULL AND recorded_at IS NULL ORDER BY answered_at LIMIT ?) AS oldest) AS users`, limit)
}

// RunningSends lists group sends that are not over, after a send's id.
func (s *Store) RunningSends(ctx context.Context, after string, limit int) ([]invitation.RunningSend, error) {
	var rows []struct {
		ID      string
		Resumed Time `db:"resumed_at"`
		Woken   Time `db:"woken_for"`
		Created Time `db:"created_at"`
	}
	err := s.reader().Select(ctx, &rows, `SELECT id, created_at, resumed_at, woken_for FROM sends
		WHERE state IN ('running', 'paused') AND group_id IS NOT NULL AND id > ? ORDER BY id LIMIT ?`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("reading running sends: %w", err)
	}
	sends := make([]invitation.RunningSend, len(rows))
	for i, row := range rows {
		sends[i] = invitation.RunningSend{ID: row.ID, Since: row.Created.Time, Resumed: row.Resumed.Time, Woken: row.Woken.Time}
	}
	return sends, nil
}
