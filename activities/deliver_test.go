package activities_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/invitation"
)

var page = activities.PageInput{SendID: "send", From: 0, To: 100}

func TestPageLeavesOnceAndIsRecorded(t *testing.T) {
	l := newLedger(append(mails(20), claimed(20, invitation.ChannelAlert)...)...)
	h := newHouse(l)

	var result activities.DeliverPageResult
	require.NoError(t, h.run(t, h.DeliverPage, page, &result))

	require.Empty(t, result.Halt)
	h.wire.requireOnce(t, 40)
	require.Len(t, l.results, 40)
	require.LessOrEqual(t, h.wire.most, 4+8, "mails and pushes at once")
}

func TestDeadTokenGoesOnByMail(t *testing.T) {
	l := newLedger(claimed(1, invitation.ChannelAlert)...)
	l.onResult = func(r invitation.Result) {
		if r.Outcome.Class == invitation.TokenDead { // as the store does under auto
			l.messages = append(l.messages, mails(1)...)
		}
	}
	h := newHouse(l)
	h.wire.answer = func(_ context.Context, m invitation.Message) invitation.Outcome {
		if m.Channel.Push() {
			return invitation.Outcome{Class: invitation.TokenDead, Code: 410, Answer: "Unregistered"}
		}
		return taken
	}

	require.NoError(t, h.run(t, h.DeliverPage, page, nil))

	require.Equal(t, map[string]int{"alert-0": 1, "mail-0": 1}, h.wire.sent)
	require.Equal(t, taken, l.results["mail-0"])
}

func TestUserLearnsWhatIsNext(t *testing.T) {
	l := newLedger(mails(1)...)
	l.next = invitation.Next{At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	h := newHouse(l)

	var result activities.NextResult
	require.NoError(t, h.run(t, h.DeliverUser, activities.UserInput{UserID: "user-0"}, &result))

	require.Equal(t, l.next, result.Next)
	h.wire.requireOnce(t, 1)
}

func TestHaltStopsThePage(t *testing.T) {
	l := newLedger(mails(3)...)
	l.halt = invitation.HaltPaused
	h := newHouse(l)

	var result activities.DeliverPageResult
	require.NoError(t, h.run(t, h.DeliverPage, page, &result))

	require.Equal(t, invitation.HaltPaused, result.Halt)
	h.wire.requireOnce(t, 0)
}

func TestWithdrawnIsNotSent(t *testing.T) {
	for _, channel := range []invitation.Channel{invitation.ChannelMail, invitation.ChannelAlert} {
		l := newLedger(claimed(3, channel)...)
		h := newHouse(l)
		l.onMark = func(id string) bool { return id != string(channel)+"-1" }

		require.NoError(t, h.run(t, h.DeliverPage, page, nil))

		h.wire.requireOnce(t, 2)
		require.NotContains(t, l.results, string(channel)+"-1")
	}
}

func TestMailsWaitForTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(mails(5)...)
		h := newHouse(l)
		began, minute, used := time.Now(), time.Now(), 0
		l.lease = func(n int) (int, time.Time) {
			if !time.Now().Before(minute.Add(time.Minute)) {
				minute, used = time.Now(), 0
			}
			granted := min(n, 2-used)
			used += granted
			return granted, minute.Add(time.Minute)
		}

		require.NoError(t, h.run(t, h.DeliverPage, page, nil))

		h.wire.requireOnce(t, 5)
		require.Equal(t, 2*time.Minute, time.Since(began), "two a minute")
	})
}

func TestLimitHoldsUpNoPush(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLedger(append(mails(1), claimed(1, invitation.ChannelAlert)...)...)
		h := newHouse(l)
		open := time.Now().Add(time.Minute)
		l.lease = func(n int) (int, time.Time) {
			if time.Now().Before(open) {
				return 0, open
			}
			return n, time.Time{}
		}
		var at time.Time
		h.wire.answer = func(_ context.Context, m invitation.Message) invitation.Outcome {
			if m.Channel.Push() {
				at = time.Now()
			}
			return taken
		}

		require.NoError(t, h.run(t, h.DeliverPage, page, nil))

		require.Equal(t, open.Add(-time.Minute), at)
	})
}
