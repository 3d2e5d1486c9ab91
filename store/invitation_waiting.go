package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"heraut/invitation"
)

// waiting narrows to open invitations that wait for something.
func (s *source) waiting(ctx context.Context, from getter, want invitation.WaitingFor, now time.Time) error {
	if want == "" {
		return nil
	}
	says, args, err := waits(ctx, from, now)
	if err != nil {
		return err
	}
	s.add("i.settled_at IS NULL")
	if want == invitation.WaitingDevice || want == invitation.WaitingLicense { // nothing but the row says so
		s.is("i.waiting_for", string(want))
	}
	s.add(says+" = ?", append(args, string(want))...)
	return nil
}

// CountWaiting counts open invitations by what they wait for, in one walk
// through them; those that wait for nothing are about to be sent.
func (s *Store) CountWaiting(ctx context.Context) (map[invitation.WaitingFor]int, error) {
	says, args, err := waits(ctx, s.reader(), s.clock())
	if err != nil {
		return nil, err
	}
	var rows []struct {
		For invitation.WaitingFor `db:"waits"`
		N   int                   `db:"n"`
	}
	err = s.reader().Select(ctx, &rows, "SELECT "+says+" AS waits, COUNT(*) AS n FROM invitations i WHERE i.settled_at IS NULL GROUP BY 1", args...)
	if err != nil {
		return nil, fmt.Errorf("counting what invitations wait for: %w", err)
	}
	counts := make(map[invitation.WaitingFor]int, len(rows))
	for _, r := range rows {
		counts[r.For] = r.N
	}
	return counts, nil
}

// waits is an expression for what an open invitation waits for, as
// invitationRow.waits tells it.
func waits(ctx context.Context, from getter, now time.Time) (string, []any, error) {
	routes, err := readRoutes(ctx, from)
	if err != nil {
		return "", nil, err
	}
	const due = "i.pending IS NOT NULL AND (i.due_at IS NULL OR i.due_at <= ?)"
	var cases []string
	var args []any
	when := func(condition string, of ...any) {
		cases, args = append(cases, "WHEN "+condition), append(args, of...)
	}
	when("i.pending IS NOT NULL AND i.send_id IN (SELECT id FROM sends WHERE state IN ('running', 'paused') AND state || '' = 'paused') THEN 'pause'")
	if places := booksDown(routes); len(places) > 0 { // the first deliveries of who belongs there wait
		with, scoped := placed(scope{in: "IN (SELECT user_id FROM invitations WHERE settled_at IS NULL AND pending = 0)"})
		in, locations := inClause("location", slices.Sorted(maps.Keys(places)))
		when(due+" AND i.pending = 0 AND i.user_id IN ("+with+"SELECT user_id FROM placed WHERE "+in+") THEN 'retry'",
			slices.Concat([]any{At(now)}, scoped, locations)...)
	}
	down, limited := shut(routes, now)
	if len(down) > 0 {
		in, channels := inClause("i.channel", down)
		when(due+" AND "+in+" THEN 'relay'", append([]any{At(now)}, channels...)...)
	}
	if len(limited) > 0 {
		in, channels := inClause("i.channel", limited)
		when(due+" AND "+in+" THEN 'limit'", append([]any{At(now)}, channels...)...)
	}
	when("i.waiting_for = '' AND i.state <> 'queued' THEN 'answer'")
	return "CASE " + strings.Join(cases, " ") + " ELSE i.waiting_for END", args, nil
}

// shut lists the channels whose routes are down, or have used up the minute.
func shut(routes map[invitation.Route]routeRow, now time.Time) (down, limited []string) {
	for _, channel := range []invitation.Channel{invitation.ChannelMDM, invitation.ChannelAlert, invitation.ChannelMail} {
		route := routes[invitation.RouteOf(channel)]
		switch {
		case !route.DownSince.IsZero():
			down = append(down, string(channel))
		case route.limited(now):
			limited = append(limited, string(channel))
		}
	}
	return down, limited
}
