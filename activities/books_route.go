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

// locations are where users are registered; none without a content token.
func (a *Activities) locations(ctx context.Context) ([]string, error) {
	if a.Books == nil {
		return nil, nil
	}
	locations, err := a.Books.Locations(ctx)
	return locations, wrap(err, "looking for content tokens")
}

// withBooks does something at Apple when it is not known to be away. While it
// is, one caller at a time reads the accounts, which shows whether it is back.
func (a *Activities) withBooks(ctx context.Context, location string, do func(context.Context) error) error {
	route := invitation.BooksRoute(location)
	turn, err := a.turns.take(ctx, a.Ledger, route, a.Owner)
	if err != nil {
		return fmt.Errorf("asking for route %s: %w", route, err)
	}
	switch {
	case turn.Probe:
		err := a.probeBooks(ctx, location)
		a.turns.give(route)
		if err != nil {
			return err
		}
	case !turn.Up:
		return routeDown(route, turn.Reason, turn.Wait)
	}
	return a.appleAway(ctx, location, do(ctx))
}

func (a *Activities) probeBooks(ctx context.Context, location string) error {
	if _, err := a.sync(ctx, location); err != nil {
		return a.appleAway(ctx, location, err)
	}
	route := invitation.BooksRoute(location)
	return wrap(a.Ledger.RouteUp(ctx, route), "noting that route %s works", string(route))
}

// appleAway notes that Apple is away, as seen from a location, where an error
// says so.
func (a *Activities) appleAway(ctx context.Context, location string, err error) error {
	away, is := errors.AsType[*content.AwayError](err)
	if !is || ctx.Err() != nil {
		return err
	}
	route := invitation.BooksRoute(location)
	a.Log.WarnContext(ctx, "Apps and Books is away.", "location", location, "answer", away.Answer, "stopped", away.Stop)
	if away.Refused != 0 { // an administrator must see it at once
		if err := a.Registrations.TokenRefused(ctx, location, away.Refused, away.Answer); err != nil {
			return wrap(err, "noting that a content token is refused")
		}
	}
	var asked time.Duration
	if away.Asked {
		asked = away.RetryAfter
	}
	until, err := a.Ledger.RouteDown(ctx, route, away.Answer, asked)
	if err != nil {
		return fmt.Errorf("noting that route %s is down: %w", route, err)
	}
	return routeDown(route, away.Answer, max(untilDuration(until), away.RetryAfter))
}

// TypeAtWork is the type of a failure that says: Apple has taken a registration
// and works on it. The activity comes back for the end, without an event in the
// history.
const TypeAtWork = "AppsAndBooksAtWork"

func atWork(wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("Apps and Books is still at work", TypeAtWork,
		temporal.ApplicationErrorOptions{NextRetryDelay: max(wait, probePause), Category: temporal.ApplicationErrorCategoryBenign})
}
