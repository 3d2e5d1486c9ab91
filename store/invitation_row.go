package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"heraut/invitation"
	"heraut/people"
)

const invitationColumns = `i.id, i.user_id, u.full_name, i.device_id, d.name AS device_name, d.platform, i.channel, i.state, i.attempts,
	i.pending, i.due_at, i.waiting_for, i.last_answer, i.created_at, i.sent_at, i.expires_at, i.settled_at, i.new_link_asked,
	s.state AS send_state`

const invitationJoins = ` FROM invitations i JOIN users u ON u.id = i.user_id JOIN sends s ON s.id = i.send_id
	LEFT JOIN devices d ON d.id = i.device_id `

type invitationRow struct {
	ID         string                `db:"id"`
	UserID     string                `db:"user_id"`
	FullName   string                `db:"full_name"`
	DeviceID   Text                  `db:"device_id"`
	DeviceName Text                  `db:"device_name"`
	Platform   Text                  `db:"platform"`
	Channel    invitation.Channel    `db:"channel"`
	State      invitation.State      `db:"state"`
	Attempts   int                   `db:"attempts"`
	Pending    *int                  `db:"pending"`
	DueAt      Time                  `db:"due_at"`
	WaitingFor invitation.WaitingFor `db:"waiting_for"`
	LastAnswer string                `db:"last_answer"`
	CreatedAt  Time                  `db:"created_at"`
	SentAt     Time                  `db:"sent_at"`
	ExpiresAt  Time                  `db:"expires_at"`
	SettledAt  Time                  `db:"settled_at"`
	Asked      bool                  `db:"new_link_asked"`
	SendState  invitation.SendState  `db:"send_state"`
}

// invitation makes an invitation of the row; books is the route to Apps and
// Books that leads to the user's location.
func (r invitationRow) invitation(routes map[invitation.Route]routeRow, books routeRow, now time.Time) invitation.Invitation {
	i := invitation.Invitation{
		ID: r.ID, User: invitation.Person{ID: r.UserID, FullName: r.FullName}, Channel: r.Channel, State: r.State, Attempts: r.Attempts,
		LastAnswer: r.LastAnswer, CreatedAt: r.CreatedAt.Time, SentAt: r.SentAt.Time, ExpiresAt: r.ExpiresAt.Time, SettledAt: r.SettledAt.Time,
		WorkflowID: invitation.UserWorkflowID(r.UserID), Marked: r.Asked,
	}
	if r.DeviceID != "" {
		i.Device = &invitation.DeviceName{ID: string(r.DeviceID), Name: string(r.DeviceName), Platform: string(r.Platform)}
	}
	if r.State.Open() {
		i.WaitingFor, i.NextActionAt = r.waits(routes[invitation.RouteOf(r.Channel)], books, now)
	}
	return i
}

// waits tells what an open invitation waits for. That its send is paused, its
// route or Apps and Books down or the minute's limit used up is said by those,
// not by each of ten thousand rows.
func (r invitationRow) waits(route, books routeRow, now time.Time) (invitation.WaitingFor, time.Time) {
	next := r.ExpiresAt.Time
	if r.Pending != nil && !r.DueAt.IsZero() && r.DueAt.Before(next) {
		next = r.DueAt.Time
	}
	due := r.Pending != nil && !now.Before(r.DueAt.Time)
	switch {
	case r.SendState == invitation.SendPaused && r.Pending != nil:
		return invitation.WaitingPause, time.Time{}
	case due && *r.Pending == 0 && !books.DownSince.IsZero():
		return invitation.WaitingRetry, books.ProbeAt.Time
	case due && !route.DownSince.IsZero():
		return invitation.WaitingRelay, route.ProbeAt.Time
	case due && route.limited(now):
		return invitation.WaitingLimit, route.Minute.Add(time.Minute)
	case r.WaitingFor == "" && r.State != invitation.Queued:
		return invitation.WaitingAnswer, next
	}
	return r.WaitingFor, next
}

func (r invitationRow) byID() people.Cursor { return people.Cursor{ID: r.ID} }

func (r invitationRow) byNext() people.Cursor {
	at := r.ExpiresAt
	if !r.DueAt.IsZero() && r.DueAt.Before(at.Time) {
		at = r.DueAt
	}
	return people.Cursor{Key: at.Format(timeLayout), ID: r.ID}
}

func (r invitationRow) bySettled() people.Cursor {
	return people.Cursor{Key: r.SettledAt.Format(timeLayout), ID: r.ID}
}

// finish turns rows into invitations with their sends, in two more queries.
func finish(ctx context.Context, from getter, page people.Page[invitationRow], now time.Time) (people.Page[invitation.Invitation], error) {
	done := people.Page[invitation.Invitation]{Next: page.Next, Items: make([]invitation.Invitation, len(page.Items))}
	routes, err := readRoutes(ctx, from)
	if err != nil {
		return done, err
	}
	books, err := booksOf(ctx, from, page.Items, routes)
	if err != nil {
		return done, err
	}
	sends, err := sendsOf(ctx, from, page.Items)
	for i, row := range page.Items {
		done.Items[i] = row.invitation(routes, books[row.UserID], now)
		done.Items[i].SendIDs = sends[row.ID]
	}
	return done, err
}

// booksOf finds, by user, the routes to Apps and Books that are down: in one
// query more, and in none while all of them work.
func booksOf(ctx context.Context, from getter, rows []invitationRow, routes map[invitation.Route]routeRow) (map[string]routeRow, error) {
	down := booksDown(routes)
	if len(down) == 0 || len(rows) == 0 {
		return nil, nil
	}
	users := make([]string, len(rows))
	for i, r := range rows {
		users[i] = r.UserID
	}
	found := make(map[string]routeRow, len(rows))
	for part := range slices.Chunk(users, maxIn) {
		var pairs []struct {
			UserID   string `db:"user_id"`
			Location Text   `db:"location"`
		}
		with, args := placed(scopeOfUsers(part))
		if err := from.Select(ctx, &pairs, with+"SELECT user_id, location FROM placed", args...); err != nil {
			return nil, fmt.Errorf("reading the locations of users: %w", err)
		}
		for _, p := range pairs {
			found[p.UserID] = down[string(p.Location)]
		}
	}
	return found, nil
}

// booksDown are the routes to Apps and Books that are down, by location.
func booksDown(routes map[invitation.Route]routeRow) map[string]routeRow {
	down := map[string]routeRow{}
	for name, r := range routes {
		if location, books := strings.CutPrefix(string(name), string(invitation.RouteBooks)+"/"); books && !r.DownSince.IsZero() {
			down[location] = r
		}
	}
	return down
}

func sendsOf(ctx context.Context, from getter, rows []invitationRow) (map[string][]string, error) {
	if len(rows) == 0 {
		return map[string][]string{}, nil
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	var pairs []struct {
		InvitationID string `db:"invitation_id"`
		SendID       string `db:"send_id"`
	}
	in, args := inClause("invitation_id", ids)
	err := from.Select(ctx, &pairs, "SELECT invitation_id, send_id FROM send_invitations WHERE "+in+" ORDER BY invitation_id, send_id", args...)
	if err != nil {
		return nil, fmt.Errorf("reading sends: %w", err)
	}
	sends := map[string][]string{}
	for _, p := range pairs {
		sends[p.InvitationID] = append(sends[p.InvitationID], p.SendID)
	}
	return sends, nil
}
