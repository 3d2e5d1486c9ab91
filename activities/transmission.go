package activities

import (
	"context"
	"fmt"
	"sync"

	"heraut/invitation"
)

// transmission is one batch of messages on its way over one route.
type transmission struct {
	activities *Activities
	route      invitation.Route
	queue      chan invitation.Message
	// commits counts results that are not durable yet.
	commits sync.WaitGroup

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

func (t *transmission) one(ctx context.Context, m invitation.Message) {
	withdrawn := false
	before := func(ctx context.Context) error {
		marked, err := t.activities.commits().mark(ctx, m.DeliveryID)
		if err == nil && !marked {
			withdrawn = true
			return errWithdrawn
		}
		return err
	}
	outcome := t.send(ctx, m, before)
	switch {
	case withdrawn:
	case outcome.Class == invitation.RouteDown:
		t.stop(outcome.Answer, nil)
	default:
		t.record(ctx, invitation.Result{DeliveryID: m.DeliveryID, Outcome: outcome})
	}
}

func (t *transmission) send(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if !m.Channel.Push() {
		return t.activities.Mailer.Mail(ctx, m, before)
	}
	if err := before(ctx); err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: err.Error()}
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
