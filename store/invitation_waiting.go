package store

import (
	"context"
	"strings"
	"time"

	"heraut/invitation"
)

// waiting narrows to open invitations that wait for something, as
// invitationRow.waits tells it.
func (s *source) waiting(ctx context.Context, from getter, want invitation.WaitingFor, now time.Time) error {
	if want == "" {
		return nil
	}
	routes, err := readRoutes(ctx, from)
	if err != nil {
		return err
	}
	const due = "i.pending IS NOT NULL AND (i.due_at IS NULL OR i.due_at <= ?)"
	var cases []string
	var args []any
	when := func(condition string, of ...any) {
		cases, args = append(cases, "WHEN "+condition), append(args, of...)
	}
	when("i.pending IS NOT NULL AND i.send_id IN (SELECT id FROM sends WHERE state IN ('running', 'paused') AND state || '' = 'paused') THEN 'pause'")
	if !routes[invitation.RouteBooks].DownSince.IsZero() {
		when(due+" AND i.pending = 0 THEN 'retry'", At(now))
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
	s.add("i.settled_at IS NULL")
	if want == invitation.WaitingDevice || want == invitation.WaitingLicense { // nothing but the row says so
		s.is("i.waiting_for", string(want))
	}
	s.add("CASE "+strings.Join(cases, " ")+" ELSE i.waiting_for END = ?", append(args, string(want))...)
	return nil
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
