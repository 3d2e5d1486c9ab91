package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"heraut/invitation"
)

// The types of failures that workflows and the Temporal UI see.
const (
	// TypeRouteDown: a route is down as a whole; the activity is tried again
	// when the next probe is due, without an event in the history.
	TypeRouteDown = "RouteDown"
	// TypeHeld: a restore holds the work back until a person has looked.
	TypeHeld = "Held"
)

// heldPause is when work that is held back is tried again.
const heldPause = time.Minute

func heldBack() error {
	return temporal.NewApplicationErrorWithOptions("a restore holds this back: let it go on with `heraut restore --resume`", TypeHeld,
		temporal.ApplicationErrorOptions{NextRetryDelay: heldPause, Category: temporal.ApplicationErrorCategoryBenign}) // a person decides
}

// routeDown has the provider's words in its details, which are encrypted for
// the Temporal UI: they may hold an address, and messages are logged.
func routeDown(route invitation.Route, reason string, wait time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(
		fmt.Sprintf("route %s is down", route), TypeRouteDown,
		temporal.ApplicationErrorOptions{
			Details:        []any{reason},
			NextRetryDelay: max(wait, probePause),
			Category:       temporal.ApplicationErrorCategoryBenign, // expected; preflight and the task lists show it
		})
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

func untilDuration(at time.Time) time.Duration { return max(time.Until(at), 0) }

// sleepUntil waits until at, or fails when the activity is cancelled first.
func sleepUntil(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting: %w", context.Cause(ctx))
	}
}

// heartbeatEvery is well under the heartbeat timeout that workflows set.
const heartbeatEvery = 4 * time.Second

// heartbeat tells Temporal that the activity is alive until the returned
// function is called; a cancelled activity learns of it by its context.
func heartbeat(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(heartbeatEvery)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				activity.RecordHeartbeat(ctx)
			case <-done:
				return
			}
		}
	}()
	return func() { close(done) }
}
