package activities_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

var errAway = errors.New("the database is away")

// wire plays the mail server and APNs.
type wire struct {
	mu   sync.Mutex
	sent map[string]int // by delivery
	most int            // on the wire at once
	now  int
	// answer says what the provider answers; nil: it takes everything.
	answer func(ctx context.Context, m invitation.Message) invitation.Outcome
	// refuseEarly says what the provider answers before a mail is on the wire.
	refuseEarly func(m invitation.Message) *invitation.Outcome
}

func newWire() *wire { return &wire{sent: map[string]int{}} }

// Mail implements activities.Mailer.
func (w *wire) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if w.refuseEarly != nil {
		if outcome := w.refuseEarly(m); outcome != nil {
			return *outcome
		}
	}
	if err := before(ctx); err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: err.Error()}
	}
	return w.Push(ctx, m)
}

// Push implements activities.Pusher.
func (w *wire) Push(ctx context.Context, m invitation.Message) invitation.Outcome {
	w.enter(m)
	defer w.leave()
	if w.answer != nil {
		return w.answer(ctx, m)
	}
	return taken
}

var taken = invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "250 taken"}

func (w *wire) enter(m invitation.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent[m.DeliveryID]++
	w.now++
	w.most = max(w.most, w.now)
}

func (w *wire) leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now--
}

// requireOnce tells that each of n messages came to the provider once.
func (w *wire) requireOnce(t *testing.T, n int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Len(t, w.sent, n)
	for id, copies := range w.sent {
		require.Equal(t, 1, copies, "copies of %s", id)
	}
}
