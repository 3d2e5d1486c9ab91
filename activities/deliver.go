package activities

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"

	"heraut/invitation"
)

// PageInput names a range of a send's targets.
type PageInput struct {
	SendID string `json:"send_id"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

// DeliverPageResult tells why a page stands still, if it does.
type DeliverPageResult struct {
	Halt invitation.Halt `json:"halt,omitempty"`
}

// UserInput names a user.
type UserInput struct {
	UserID string `json:"user_id"`
}

// NextResult tells what a user's open invitations ask for next.
type NextResult struct {
	Next invitation.Next `json:"next"`
}

// DeliverPage sends what is due on a page of a group. What one recipient's
// server or device refuses for now is left to that user's workflow. Killed in
// the middle, it goes on from the ledger.
func (a *Activities) DeliverPage(ctx context.Context, in PageInput) (DeliverPageResult, error) {
	defer heartbeat(ctx)()
	for {
		claim, err := a.Ledger.ClaimPage(ctx, in.SendID, in.From, in.To)
		if err != nil || claim.Halt != invitation.HaltNone || len(claim.Messages) == 0 {
			return DeliverPageResult{Halt: claim.Halt}, wrap(err, "claiming a page of send %s", in.SendID)
		}
		if err := a.deliver(ctx, claim.Messages); err != nil {
			return DeliverPageResult{}, err
		}
	}
}

// DeliverUser sends what is due for one user and tells what comes next.
func (a *Activities) DeliverUser(ctx context.Context, in UserInput) (NextResult, error) {
	defer heartbeat(ctx)()
	for {
		claim, err := a.Ledger.ClaimUser(ctx, in.UserID)
		if err != nil || len(claim.Messages) == 0 {
			return NextResult{Next: claim.Next}, wrap(err, "claiming for user %s", in.UserID)
		}
		if err := a.deliver(ctx, claim.Messages); err != nil {
			return NextResult{}, err
		}
	}
}

// deliver sends claimed messages, each route by itself, so that a mail server
// that is down holds up no push.
func (a *Activities) deliver(ctx context.Context, messages []invitation.Message) error {
	byRoute := map[invitation.Route][]invitation.Message{}
	for _, m := range messages {
		route := invitation.RouteOf(m.Channel)
		byRoute[route] = append(byRoute[route], m)
	}
	var group errgroup.Group // without a shared context: one route's fault must not cancel another's
	for route, part := range byRoute {
		group.Go(func() error { return a.deliverRoute(ctx, route, part) })
	}
	return group.Wait() //nolint:wrapcheck // wrapping would hide the retry delay of an ApplicationError from the SDK
}

func (a *Activities) deliverRoute(ctx context.Context, route invitation.Route, messages []invitation.Message) error {
	for len(messages) > 0 {
		turn, err := a.Ledger.RouteTurn(ctx, route, a.Owner)
		if err != nil {
			return fmt.Errorf("asking for route %s: %w", route, err)
		}
		if !turn.Up && !turn.Probe {
			return routeDown(route, turn.Reason, turn.Wait)
		}
		part, err := a.allowed(ctx, route, turn, messages)
		if err != nil {
			return err
		}
		if err := a.sendPart(ctx, route, turn, part); err != nil {
			return err
		}
		messages = messages[len(part):]
	}
	return nil
}

// sendPart sends messages and keeps the store's memory of the route true.
func (a *Activities) sendPart(ctx context.Context, route invitation.Route, turn invitation.RouteTurn, part []invitation.Message) error {
	reason, err := a.transmit(ctx, route, part)
	if err != nil {
		return err
	}
	if reason != "" {
		until, err := a.Ledger.RouteDown(ctx, route, reason)
		if err != nil {
			return fmt.Errorf("noting that route %s is down: %w", route, err)
		}
		return routeDown(route, reason, untilDuration(until))
	}
	if turn.Probe {
		return wrap(a.Ledger.RouteUp(ctx, route), "noting that route %s works", string(route))
	}
	return nil
}

// allowed cuts messages to what may leave now: one while probing, and mails
// within this minute's limit, for which it waits.
func (a *Activities) allowed(ctx context.Context, route invitation.Route, turn invitation.RouteTurn, messages []invitation.Message) ([]invitation.Message, error) {
	if turn.Probe {
		messages = messages[:1]
	}
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

// transmit sends messages side by side. It returns the provider's words when
// the route turned out to be down; what was not sent then stays claimed.
func (a *Activities) transmit(ctx context.Context, route invitation.Route, messages []invitation.Message) (string, error) {
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
	return t.outcome(ctx)
}

func (a *Activities) width(route invitation.Route) int {
	if route == invitation.RouteMail {
		return a.Limits.Mails
	}
	return a.Limits.Pushes
}
