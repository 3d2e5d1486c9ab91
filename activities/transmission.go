package activities

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"heraut/invitation"
)

// transmission is one batch of messages on its way over one route.
type transmission struct {
	activities *Activities
	route      invitation.Route
	queue      chan invitation.Message
	// commits counts results that are not durable yet.
	commits sync.WaitGroup

	// reached tells that a provider decided about a message.
	reached atomic.Bool

	mu   sync.Mutex
	down string
	err  error
}

func (t *transmission) work(ctx context.Context) {
	for m := range t.queue {
		if t.stopped() || ctx.Err() != nil {
			continue
		}
		t.one(ctx, m)
	}
}

// one sends a message. What never came to its provider is not recorded: it
// stays claimed, and leaves with the next claim.
func (t *transmission) one(ctx context.Context, m invitation.Message) {
	marked, withdrawn, failure := false, false, error(nil)
	before := func(ctx context.Context) error {
		marked, failure = t.activities.commits().mark(ctx, m.DeliveryID)
		if withdrawn = failure == nil && !marked; withdrawn {
			return errWithdrawn
		}
		return failure
	}
	outcome := t.send(ctx, m, before)
	switch {
	case withdrawn:
	case failure != nil:
		t.stop("", fmt.Errorf("marking delivery %s: %w", m.DeliveryID, failure))
	case !marked && ctx.Err() != nil: // cancelled on its way
	case outcome.Class == invitation.RouteDown:
		t.stop(outcome.Answer, nil)
		if marked && !m.Channel.Push() {
			// A mark without a result would pass for a mail of unknown fate.
			outcome.Class = invitation.Later
			t.record(ctx, invitation.Result{DeliveryID: m.DeliveryID, Outcome: outcome})
		}
	default:
		t.reached.Store(true)
		t.record(ctx, invitation.Result{DeliveryID: m.DeliveryID, Outcome: outcome})
	}
}

func (t *transmission) send(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if !m.Channel.Push() {
		return t.activities.Mailer.Mail(ctx, m, before)
	}
	if before(ctx) != nil {
		return invitation.Outcome{} // before has kept why
	}
	return t.activities.Pusher.Push(ctx, m)
}

// record makes a result durable without holding up the next message.
func (t *transmission) record(ctx context.Context, r invitation.Result) {
	t.commits.Add(1)
	t.activities.commits().result(ctx, r, func(err error) {
		defer t.commits.Done()
		if err != nil {
			t.stop("", fmt.Errorf("recording delivery %s: %w", r.DeliveryID, err))
		}
	})
}

func (t *transmission) stop(down string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.down == "" {
		t.down = down
	}
	if t.err == nil {
		t.err = err
	}
}

func (t *transmission) stopped() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.down != "" || t.err != nil
}

func (t *transmission) outcome(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.err == nil && ctx.Err() != nil {
		return "", fmt.Errorf("sending over %s: %w", t.route, context.Cause(ctx))
	}
	return t.down, t.err
}
