package activities

import (
	"context"
	"fmt"
	"sync"

	"heraut/invitation"
)

// deliverRoute sends messages that share a route.
func (a *Activities) deliverRoute(ctx context.Context, route invitation.Route, messages []invitation.Message) error {
	for len(messages) > 0 {
		sent, err := a.deliverTurn(ctx, route, messages)
		if err != nil {
			return err
		}
		messages = messages[sent:]
	}
	return nil
}

// deliverTurn sends what one turn on the route allows, and tells how many of
// the messages that were.
func (a *Activities) deliverTurn(ctx context.Context, route invitation.Route, messages []invitation.Message) (int, error) {
	turn, err := a.turns.take(ctx, a.Ledger, route, a.Owner)
	if err != nil {
		return 0, fmt.Errorf("asking for route %s: %w", route, err)
	}
	switch {
	case turn.Probe:
		defer a.turns.give(route)
		return a.probe(ctx, route, messages)
	case !turn.Up:
		return 0, routeDown(route, turn.Reason, turn.Wait)
	}
	part, err := a.allowed(ctx, route, messages)
	if err != nil {
		return 0, err
	}
	_, err = a.transmit(ctx, route, part)
	return len(part), err
}

// probe tries a route that is down with one message. One that was withdrawn
// tells nothing of the route: the next one takes its place.
func (a *Activities) probe(ctx context.Context, route invitation.Route, messages []invitation.Message) (int, error) {
	for i := range messages {
		part, err := a.allowed(ctx, route, messages[i:i+1])
		if err != nil {
			return i, err
		}
		reached, err := a.transmit(ctx, route, part)
		if err != nil {
			return i, err
		}
		if reached {
			return i + 1, wrap(a.Ledger.RouteUp(ctx, route), "noting that route %s works", string(route))
		}
	}
	return len(messages), nil
}

// allowed cuts mails to what this minute's limit lets through; it waits until
// there is something.
func (a *Activities) allowed(ctx context.Context, route invitation.Route, messages []invitation.Message) ([]invitation.Message, error) {
	if route != invitation.RouteMail {
		return messages, nil
	}
	for {
		granted, until, err := a.Ledger.LeaseMails(ctx, len(messages))
		if err != nil {
			return nil, fmt.Errorf("leasing mails: %w", err)
		}
		if granted > 0 {
			return messages[:granted], nil
		}
		if err := sleepUntil(ctx, until); err != nil {
			return nil, err
		}
	}
}

// transmit sends messages side by side, and tells whether a provider decided
// about any. Where the route turns out to be down it notes that in the store;
// what was not sent then stays claimed.
func (a *Activities) transmit(ctx context.Context, route invitation.Route, messages []invitation.Message) (reached bool, err error) {
	t := transmission{activities: a, route: route, queue: make(chan invitation.Message)}
	var workers sync.WaitGroup
	for range min(len(messages), a.width(route)) {
		workers.Go(func() { t.work(ctx) })
	}
	for _, m := range messages {
		if ctx.Err() != nil || t.stopped() {
			break
		}
		t.queue <- m
	}
	close(t.queue)
	workers.Wait()
	t.commits.Wait()
	reason, err := t.outcome(ctx)
	if err != nil || reason == "" {
		return t.reached.Load(), err
	}
	until, err := a.Ledger.RouteDown(ctx, route, reason, 0)
	if err != nil {
		return false, fmt.Errorf("noting that route %s is down: %w", route, err)
	}
	return false, routeDown(route, reason, untilDuration(until))
}

func (a *Activities) width(route invitation.Route) int {
	if route == invitation.RouteMail {
		return a.Limits.Mails
	}
	return a.Limits.Pushes
}
