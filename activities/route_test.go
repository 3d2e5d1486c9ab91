package activities_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"heraut/activities"
	"heraut/invitation"
)

var refused = invitation.Outcome{Class: invitation.RouteDown, Answer: "connection refused"}

func requireRouteDown(t *testing.T, err error, wait time.Duration) {
	t.Helper()
	failure, ok := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, activities.TypeRouteDown, failure.Type())
	require.False(t, failure.NonRetryable())
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, failure.Category())
	require.InDelta(t, wait, failure.NextRetryDelay(), float64(time.Second))
	require.NotContains(t, err.Error(), "connection refused", "messages are logged")
	var words string
	require.NoError(t, failure.Details(&words))
	require.Equal(t, "connection refused", words)
}

func TestRouteDownKeepsAllForLater(t *testing.T) {
	l := newLedger(mails(30)...)
	h := newHouse(l)
	h.wire.refuseEarly = func(invitation.Message) *invitation.Outcome { return &refused }

	err := h.run(t, h.DeliverPage, page, nil)

	requireRouteDown(t, err, 30*time.Second)
	require.Empty(t, l.results, "nothing was decided about anybody")
	require.NotContains(t, l.states, invitation.Transmitting)

	h.wire.refuseEarly = nil
	l.route(invitation.RouteMail).probes = 1
	require.NoError(t, h.run(t, h.DeliverPage, page, nil))
	h.wire.requireOnce(t, 30)
	require.Len(t, l.results, 30)
}

func TestRouteDownStopsThePageHalfway(t *testing.T) {
	l := newLedger(mails(50)...)
	h := newHouse(l)
	var tried atomic.Int64
	h.wire.refuseEarly = func(invitation.Message) *invitation.Outcome {
		if tried.Add(1) > 10 {
			return &refused
		}
		return nil
	}

	requireRouteDown(t, h.run(t, h.DeliverPage, page, nil), 30*time.Second)

	require.Len(t, l.results, 10)
	require.Less(t, tried.Load(), int64(20), "the rest is not tried")
}

func TestRouteDownOnTheWireIsRecorded(t *testing.T) {
	l := newLedger(mails(1)...)
	h := newHouse(l)
	h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome { return refused }

	requireRouteDown(t, h.run(t, h.DeliverPage, page, nil), 30*time.Second)

	require.Equal(t, invitation.Later, l.results["mail-0"].Class, "a mark without a result would pass for unknown")
}

func TestMailRouteDownHoldsUpNoPush(t *testing.T) {
	l := newLedger(append(mails(3), claimed(3, invitation.ChannelAlert)...)...)
	h := newHouse(l)
	h.wire.refuseEarly = func(invitation.Message) *invitation.Outcome { return &refused }
	h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome { return taken }
	l.route(invitation.RouteMail).down = true
	l.route(invitation.RouteMail).reason = "connection refused"

	requireRouteDown(t, h.run(t, h.DeliverPage, page, nil), 20*time.Second)

	h.wire.requireOnce(t, 3)
	require.Contains(t, l.results, "alert-0")
}

func TestProbeSendsOneMessageAndOpensTheRoute(t *testing.T) {
	l := newLedger(mails(9)...)
	r := l.route(invitation.RouteMail)
	r.down, r.probes = true, 1
	h := newHouse(l)
	first := true
	h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome {
		l.mu.Lock()
		defer l.mu.Unlock()
		if first {
			require.True(t, r.down, "while one message probes")
		} else {
			require.False(t, r.down, "the rest goes when the route is up")
		}
		first = false
		return taken
	}

	require.NoError(t, h.run(t, h.DeliverPage, page, nil))

	h.wire.requireOnce(t, 9)
	require.Equal(t, 1, r.ups)
}

func TestFailedProbeTriesNothingElse(t *testing.T) {
	l := newLedger(mails(9)...)
	r := l.route(invitation.RouteMail)
	r.down, r.probes = true, 1
	h := newHouse(l)
	tried := 0
	h.wire.refuseEarly = func(invitation.Message) *invitation.Outcome {
		tried++
		return &refused
	}

	requireRouteDown(t, h.run(t, h.DeliverPage, page, nil), 30*time.Second)

	require.Equal(t, 1, tried)
	require.Zero(t, r.ups)
}

func TestWithdrawnProbeSaysNothingOfTheRoute(t *testing.T) {
	l := newLedger(mails(2)...)
	r := l.route(invitation.RouteMail)
	r.down, r.probes = true, 1
	l.onMark = func(id string) bool { return id != "mail-0" }
	h := newHouse(l)
	h.wire.answer = func(_ context.Context, m invitation.Message) invitation.Outcome {
		require.True(t, r.down)
		require.Equal(t, "mail-1", m.DeliveryID, "the next one probes in its place")
		return taken
	}

	require.NoError(t, h.run(t, h.DeliverPage, page, nil))

	require.Equal(t, 1, r.ups)
}

func TestOthersGoOnWhenTheProbeSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(6)...)
		r := l.route(invitation.RouteMail)
		r.down, r.probes = true, 1
		h := newHouse(l)
		probing, answer := make(chan struct{}), make(chan struct{})
		h.wire.answer = func(_ context.Context, m invitation.Message) invitation.Outcome {
			if m.UserID == "user-0" {
				close(probing)
				<-answer
			}
			return taken
		}
		var all sync.WaitGroup
		deliver := func(user string) {
			all.Go(func() { require.NoError(t, h.run(t, h.DeliverUser, activities.UserInput{UserID: user}, nil)) })
		}

		deliver("user-0")
		<-probing
		for _, m := range l.messages[1:] {
			deliver(m.UserID)
		}
		synctest.Wait()
		h.wire.requireOnce(t, 1)

		close(answer)
		all.Wait()
		h.wire.requireOnce(t, 6)
		require.Equal(t, 1, r.ups)
	})
}

func TestWaitingForAProbeEndsWithTheActivity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(2)...)
		r := l.route(invitation.RouteMail)
		r.down, r.probes = true, 1
		h := newHouse(l)
		probing, answer := make(chan struct{}), make(chan struct{})
		h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome {
			close(probing)
			<-answer
			return taken
		}
		var all sync.WaitGroup
		all.Go(func() { require.NoError(t, h.run(t, h.DeliverUser, activities.UserInput{UserID: "user-0"}, nil)) })
		<-probing

		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			_, err := h.DeliverUser(ctx, activities.UserInput{UserID: "user-1"})
			require.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		close(answer)
		all.Wait()
		h.wire.requireOnce(t, 1)
	})
}
