package mdm

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
)

// Wakes is the store as WakeSilent needs it.
type Wakes interface {
	// ClaimWakes lists devices that say nothing of a command for longer than
	// after, and have not been woken again for as long.
	ClaimWakes(ctx context.Context, after time.Duration, limit int) ([]invitation.Message, error)
}

const (
	// wakeAgain is how often a device is woken for one command: APNs keeps one
	// push for a device, and drops it in the end.
	wakeAgain = 24 * time.Hour
	wakePage  = 200
	wakePages = 50
)

// WakeSilent wakes the devices once a day whose command waits at the built-in
// server: the push was lost, or they were off for longer than APNs kept it. The
// command itself stays as it is, and no invitation learns of it. What a push
// could not do is left to the next day, and a route that is down to the next
// run.
func WakeSilent(ctx context.Context, wakes Wakes, wake func(context.Context, invitation.Message) invitation.Outcome) error {
	for range wakePages {
		page, err := wakes.ClaimWakes(ctx, wakeAgain, wakePage)
		if err != nil {
			return fmt.Errorf("waking devices again: %w", err)
		}
		if !wakeAll(ctx, page, wake) || len(page) < wakePage {
			break
		}
	}
	return nil
}

// wakeAll tells whether the route works, and there is time for more.
func wakeAll(ctx context.Context, page []invitation.Message, wake func(context.Context, invitation.Message) invitation.Outcome) bool {
	for _, m := range page {
		if o := wake(ctx, m); o.Class == invitation.RouteDown || ctx.Err() != nil {
			return false
		}
	}
	return true
}
