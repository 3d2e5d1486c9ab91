package workflows

import (
	"context"
	"sync"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

// triggerPause is the shortest time between two triggers of one schedule by
// this process: Apple tells of a class that accepts in dozens of notifications.
const triggerPause = time.Second

// triggerTimeout bounds a trigger that nobody waits for.
const triggerTimeout = 10 * time.Second

// triggers are the schedules that this process has triggered lately.
type triggers struct {
	mu   sync.Mutex
	last map[string]time.Time
	// waiting schedules are triggered once more when the pause is over.
	waiting map[string]bool
}

// WatchNow makes Heraut ask Apple at once who has accepted. While it asks, or
// within a second of the last call, one more look follows.
func (c *Client) WatchNow(ctx context.Context) error { return c.triggerNow(ctx, WatchSchedule) }

// triggerNow starts a schedule's workflow now, or soon after the last trigger.
func (c *Client) triggerNow(ctx context.Context, id string) error {
	wait, first := c.triggers.turn(id, time.Now())
	switch {
	case !first:
		return nil
	case wait == 0:
		return c.trigger(ctx, id)
	}
	time.AfterFunc(wait, func() {
		c.triggers.began(id, time.Now())
		later, cancel := context.WithTimeout(context.WithoutCancel(ctx), triggerTimeout)
		defer cancel()
		_ = c.trigger(later, id) // the schedule itself comes by within minutes
	})
	return nil
}

func (c *Client) trigger(ctx context.Context, id string) error {
	err := c.Temporal.ScheduleClient().GetHandle(ctx, id).Trigger(ctx, client.ScheduleTriggerOptions{Overlap: enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE})
	return wrap(err, "triggering schedule %s", id)
}

// turn tells how long to wait, and whether the caller is the one who does.
func (t *triggers) turn(id string, now time.Time) (wait time.Duration, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last, t.waiting = map[string]time.Time{}, map[string]bool{}
	}
	if t.waiting[id] {
		return 0, false
	}
	if wait = t.last[id].Add(triggerPause).Sub(now); wait > 0 {
		t.waiting[id] = true
		return wait, true
	}
	t.last[id] = now
	return 0, true
}

// began ends a wait. What is asked from now on needs another trigger.
func (t *triggers) began(id string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last[id], t.waiting[id] = now, false
}
