package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"heraut/content"
	"heraut/invitation"
)

// location is where users are registered; empty without a content token.
func (a *Activities) location(ctx context.Context) (string, error) {
	if a.Books == nil {
		return "", nil
	}
	locations, err := a.Books.Locations(ctx)
	if err != nil || len(locations) == 0 {
		return "", wrap(err, "looking for a content token")
	}
	return locations[0], nil
}

// withBooks does something at Apple when it is not known to be away. While it
// is, one caller at a time reads the accounts, which shows whether it is back.
func (a *Activities) withBooks(ctx context.Context, location string, do func(context.Context) error) error {
	turn, err := a.turns.take(ctx, a.Ledger, invitation.RouteBooks, a.Owner)
	if err != nil {
		return fmt.Errorf("asking for route %s: %w", invitation.RouteBooks, err)
	}
	switch {
	case turn.Probe:
		err := a.probeBooks(ctx, location)
		a.turns.give(invitation.RouteBooks)
		if err != nil {
			return err
		}
	case !turn.Up:
		return routeDown(invitation.RouteBooks, turn.Reason, turn.Wait)
	}
	return a.appleAway(ctx, do(ctx))
}

func (a *Activities) probeBooks(ctx context.Context, location string) error {
	if _, err := a.sync(ctx, location); err != nil {
		return a.appleAway(ctx, err)
	}
	return wrap(a.Ledger.RouteUp(ctx, invitation.RouteBooks), "noting that route %s works", string(invitation.RouteBooks))
}

// appleAway notes that Apple is away where an error says so.
func (a *Activities) appleAway(ctx context.Context, err error) error {
	away, is := errors.AsType[*content.AwayError](err)
	if !is || ctx.Err() != nil {
		return err
	}
	a.Log.WarnContext(ctx, "Apps and Books is away.", "answer", away.Answer, "stopped", away.Stop)
	until, err := a.Ledger.RouteDown(ctx, invitation.RouteBooks, away.Answer)
	if err != nil {
		return fmt.Errorf("noting that route %s is down: %w", invitation.RouteBooks, err)
	}
	return routeDown(invitation.RouteBooks, away.Answer, max(untilDuration(until), away.RetryAfter))
}

// TypeAtWork is the type of a failure that says: Apple has taken a registration
// and works on it. The activity comes back for the end, without an event in the
// history.
const TypeAtWork = "AppsAndBooksAtWork"

func atWork(wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("Apps and Books is still at work", TypeAtWork,
		temporal.ApplicationErrorOptions{NextRetryDelay: max(wait, probePause), Category: temporal.ApplicationErrorCategoryBenign})
}
