package worker_test

import (
	"context"
	"sync"

	"heraut/invitation"
)

// outbox plays the mail server and APNs: it takes everything, and remembers.
type outbox struct {
	mu    sync.Mutex
	taken []invitation.Message
	// onTake, where it is set, is called before each message is taken.
	onTake func(m invitation.Message)
}

func newOutbox() *outbox { return &outbox{} }

// Mail implements activities.Mailer.
func (o *outbox) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if err := before(ctx); err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: err.Error()}
	}
	return o.take(m)
}

// Push implements activities.Pusher.
func (o *outbox) Push(_ context.Context, m invitation.Message) invitation.Outcome { return o.take(m) }

func (o *outbox) take(m invitation.Message) invitation.Outcome {
	if o.onTake != nil {
		o.onTake(m)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken = append(o.taken, m)
	return invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "250 taken"}
}

// copies is how many messages left for each send key.
func (o *outbox) copies() map[string]int {
	o.mu.Lock()
	defer o.mu.Unlock()
	copies := map[string]int{}
	for _, m := range o.taken {
		copies[m.SendKey]++
	}
	return copies
}
