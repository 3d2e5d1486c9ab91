package mdm

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"heraut/invitation"
)

// Wakes is the store as WakeSilent needs it.
type Wakes interface {
	// ClaimWakes lists devices that say nothing of a command for longer than
	// after, and have not been woken again for as long.
	ClaimWakes(ctx context.Context, after time.Duration, limit int) ([]invitation.Message, error)
	// WakeFailed notes that APNs found a device's token dead, and since when;
	// the users it tells of have to be invited another way.
	WakeFailed(ctx context.Context, enrollmentID string, since time.Time, words string) (invitation.Woken, error)
}

const (
	// wakeAgain is how often a device is woken for one command: APNs keeps one
	// push for a device, and drops it in the end.
	wakeAgain = 24 * time.Hour
	// wakePage is how many are claimed at once: where the route is down, those
	// of one page wait until the next day.
	wakePage  = 50
	wakePages = 200
	// wakesAtOnce is how many pushes are under way at a time.
	wakesAtOnce = 10
	// wakeWithin bounds the whole: Reconcile has more to do. Who is left is
	// woken by a later run.
	wakeWithin = 2 * time.Minute
	// latersInRow without any other answer mean that APNs does not answer,
	// which takes long each time.
	latersInRow = 5
)

// WakeSilent wakes the devices once a day whose command waits at the built-in
// server: the push was lost, or they were off for longer than APNs kept it. The
// command itself stays as it is, and no invitation learns of it; but a device
// that is gone for APNs has left, and the users whose workflows must look are
// returned, also beside an error. What a push could not do is left to the next
// day, and what was not claimed to the next run.
func WakeSilent(ctx context.Context, wakes Wakes, wake func(context.Context, invitation.Message) invitation.Outcome) (users []string, err error) {
	r := round{wakes: wakes, wake: wake, until: time.Now().Add(wakeWithin)}
	for range wakePages {
		page, err := wakes.ClaimWakes(ctx, wakeAgain, wakePage)
		if err == nil {
			err = r.page(ctx, page)
		}
		if err != nil {
			return r.users, fmt.Errorf("waking devices again: %w", err)
		}
		if len(page) < wakePage || r.over(ctx) {
			break
		}
	}
	return r.users, nil
}

// round is one run of WakeSilent.
type round struct {
	wakes Wakes
	wake  func(context.Context, invitation.Message) invitation.Outcome
	until time.Time

	mu     sync.Mutex
	down   bool
	laters int
	users  []string
}

// over tells that nobody more is to be woken in this run.
func (r *round) over(ctx context.Context) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return ctx.Err() != nil || r.down || r.laters >= latersInRow || !time.Now().Before(r.until)
}

func (r *round) page(ctx context.Context, page []invitation.Message) error {
	var group errgroup.Group
	group.SetLimit(wakesAtOnce)
	for _, m := range page {
		group.Go(func() error { return r.one(ctx, m) })
	}
	return group.Wait()
}

func (r *round) one(ctx context.Context, m invitation.Message) error {
	if r.over(ctx) {
		return nil
	}
	limited, cancel := context.WithDeadline(ctx, r.until)
	o := r.wake(limited, m)
	cancel()
	r.note(o.Class)
	if o.Class != invitation.TokenDead {
		return nil
	}
	woken, err := r.wakes.WakeFailed(ctx, m.EnrollmentID, o.DeadSince, o.Answer)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.users = append(r.users, woken.Users...)
	return err
}

func (r *round) note(class invitation.Class) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = r.down || class == invitation.RouteDown
	r.laters++
	if class != invitation.Later {
		r.laters = 0
	}
}
