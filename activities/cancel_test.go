package activities_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"

	"heraut/activities"
	"heraut/invitation"
)

// A bubble of synctest ends only when all its goroutines have: these tests
// also tell that nothing is left running.

func TestCancelledPageLosesNoResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(20)...)
		h := newHouse(l)
		ctx, cancel := context.WithCancel(t.Context())
		var taking atomic.Int64
		h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome {
			if taking.Add(1) == 3 {
				cancel()
			}
			<-time.After(time.Second)
			return taken
		}

		_, err := h.DeliverPage(ctx, page)

		require.ErrorIs(t, err, context.Canceled)
		h.wire.requireOnce(t, int(taking.Load()))
		require.Len(t, l.results, int(taking.Load()), "each mail on the wire has its result")
		require.Less(t, taking.Load(), int64(20))
	})
}

func TestCancelledBeforeTheWireStaysClaimed(t *testing.T) {
	l := newLedger(mails(1)...)
	h := newHouse(l)
	ctx, cancel := context.WithCancel(t.Context())
	h.wire.refuseEarly = func(invitation.Message) *invitation.Outcome {
		cancel()
		return &invitation.Outcome{Class: invitation.Later, Answer: "Sending was stopped before the message left."}
	}

	_, err := h.DeliverPage(ctx, page)

	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, l.results, "it leaves with the next claim, not after a pause")
}

func TestMarkThatFailsIsNobodysFault(t *testing.T) {
	l := newLedger(mails(1)...)
	l.failing = 1
	h := newHouse(l)

	require.ErrorContains(t, h.run(t, h.DeliverPage, page, nil), errAway.Error())
	require.Empty(t, l.results)
	h.wire.requireOnce(t, 0)

	require.NoError(t, h.run(t, h.DeliverPage, page, nil))
	h.wire.requireOnce(t, 1)
}

func TestCancelledWhileWaitingForTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(1)...)
		l.lease = func(int) (int, time.Time) { return 0, time.Now().Add(time.Minute) }
		h := newHouse(l)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()

		_, err := h.DeliverUser(ctx, activities.UserInput{UserID: "user-0"})

		require.ErrorIs(t, err, context.DeadlineExceeded)
		h.wire.requireOnce(t, 0)
	})
}

func TestSlowProviderDoesNotLookDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(1)...)
		h := newHouse(l)
		h.wire.answer = func(context.Context, invitation.Message) invitation.Outcome {
			<-time.After(time.Minute)
			return taken
		}
		env := newEnvironment()
		var beats atomic.Int64
		env.SetOnActivityHeartbeatListener(func(*activity.Info, converter.EncodedValues) { beats.Add(1) })

		require.NoError(t, h.runIn(t, env, h.DeliverPage, page, nil))

		require.Positive(t, beats.Load()) // the SDK passes on some of them
	})
}
