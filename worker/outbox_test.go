package worker_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

// outbox plays the mail server and APNs: it takes everything, and remembers.
type outbox struct {
	mu    sync.Mutex
	taken []invitation.Message
	// onTake, where it is set, is called before each message is taken.
	onTake func(m invitation.Message)
	// refuse, where it is set, says what comes of a mail before it is on the wire.
	refuse func(m invitation.Message) *invitation.Outcome
}

func newOutbox() *outbox { return &outbox{} }

// Mail implements activities.Mailer.
func (o *outbox) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if o.refuse != nil {
		if outcome := o.refuse(m); outcome != nil {
			return *outcome
		}
	}
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

// requireOnce tells that each of n messages left once.
func (o *outbox) requireOnce(t *testing.T, n int) {
	t.Helper()
	copies := o.copies()
	require.Len(t, copies, n)
	for key, count := range copies {
		require.Equal(t, 1, count, "copies of %s", key)
	}
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
