package activities_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/invitation"
)

// register plays what the store knows of a group send.
type register struct {
	*ledger
	page     invitation.Page
	starts   []invitation.Start
	answered []string
	users    []string
	asked    []string // where SendUsers was asked to go on
	err      error
}

func (r *register) WritePage(_ context.Context, _ string, from, size int) (invitation.Page, error) {
	page := r.page
	page.Next = from + size
	return page, r.err
}

func (r *register) PageStarts(context.Context, string, int, int) ([]invitation.Start, error) {
	return r.starts, r.err
}

func (r *register) PageAnswered(context.Context, string, int, int) ([]string, error) {
	return r.answered, nil
}

func (r *register) SendHalt(context.Context, string) (invitation.Halt, error) { return r.halt, r.err }

func (r *register) SendUsers(_ context.Context, _, after string, limit int) ([]string, error) {
	r.asked = append(r.asked, after)
	from, _ := slices.BinarySearch(r.users, after+"\x00")
	return r.users[from:min(from+limit, len(r.users))], r.err
}

func newRegister(messages ...invitation.Message) *register {
	return &register{ledger: newLedger(messages...)}
}

func TestPageIsWrittenAndDelivered(t *testing.T) {
	r := newRegister(mails(3)...)
	r.page.Last = true
	h := newHouse(r)

	var result activities.WritePageResult
	require.NoError(t, h.run(t, h.WriteAndDeliver, activities.WritePageInput{SendID: "send", From: 100}, &result))

	require.Equal(t, activities.WritePageResult{To: 200, Last: true}, result)
	h.wire.requireOnce(t, 3)
}

func TestPageTellsItsEndWhenItStandsStill(t *testing.T) {
	for name, halts := range map[string]struct{ writing, delivering invitation.Halt }{
		"before it is written":   {writing: invitation.HaltCancelled},
		"while it is delivered":  {delivering: invitation.HaltPaused},
		"when all have answered": {delivering: invitation.HaltOver},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegister(mails(3)...)
			r.page.Halt, r.halt = halts.writing, halts.delivering
			h := newHouse(r)

			var result activities.WritePageResult
			require.NoError(t, h.run(t, h.WriteAndDeliver, activities.WritePageInput{SendID: "send"}, &result))

			require.Equal(t, halts.writing+halts.delivering, result.Halt)
			require.Equal(t, 100, result.To, "its users may have answered already")
			h.wire.requireOnce(t, 0)
		})
	}
}

func TestStartUsersLooksAtAnswersAgain(t *testing.T) {
	r := newRegister()
	r.starts = []invitation.Start{{UserID: "a"}, {UserID: "b"}, {UserID: "c"}}
	h := newHouse(r)
	h.engine.onStart = func(s invitation.Start) {
		if s.UserID == "b" {
			r.answered = []string{"b"} // too early for the signal of its answer
		}
	}

	require.NoError(t, h.run(t, h.StartUsers, page, nil))

	require.Equal(t, []string{"start a", "start b", "start c", "wake b"}, h.engine.noted())
	require.Equal(t, "wake b", h.engine.calls[3], "after it runs")
}

func TestStartUsersFailsWithTheEngine(t *testing.T) {
	r := newRegister()
	r.starts = []invitation.Start{{UserID: "a"}}
	h := newHouse(r)
	h.engine.failing = errAway

	require.ErrorContains(t, h.run(t, h.StartUsers, page, nil), "starting the workflow of user a: "+errAway.Error())
}

func TestOneUserWhoFailsKeepsNobodyElseWaiting(t *testing.T) {
	r := newRegister()
	for i := range 40 {
		r.starts = append(r.starts, invitation.Start{UserID: fmt.Sprintf("user-%02d", i)})
		r.users = append(r.users, fmt.Sprintf("user-%02d", i))
	}
	r.answered = []string{"user-39"}
	for name, calls := range map[string]int{"start": 41, "wake": 40} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(r)
			h.engine.poison = "user-00"
			activity := map[string]struct{ run, input any }{
				"start": {h.StartUsers, page},
				"wake":  {h.WakeUsers, activities.SendInput{SendID: "send"}},
			}[name]

			require.ErrorContains(t, h.run(t, activity.run, activity.input, nil), "the workflow of user user-00: "+errAway.Error())

			require.Len(t, h.engine.noted(), calls)
		})
	}
}

func TestWakeUsersGoesThroughPages(t *testing.T) {
	r := newRegister()
	var want []string
	for i := range 1100 {
		id := fmt.Sprintf("user-%04d", i)
		r.users, want = append(r.users, id), append(want, "wake "+id)
	}
	h := newHouse(r)

	require.NoError(t, h.run(t, h.WakeUsers, activities.SendInput{SendID: "send"}, nil))

	require.Equal(t, want, h.engine.noted())
	require.Equal(t, []string{"", "user-0499", "user-0999", "user-1099"}, r.asked)
}

func TestLookAtSend(t *testing.T) {
	r := newRegister()
	h := newHouse(r)
	for _, halt := range []invitation.Halt{invitation.HaltNone, invitation.HaltPaused, invitation.HaltOver, invitation.HaltCancelled} {
		r.halt = halt
		var result activities.HaltResult
		require.NoError(t, h.run(t, h.LookAtSend, activities.SendInput{SendID: "send"}, &result))
		require.Equal(t, halt, result.Halt)
	}
}

func TestStoreAwayIsTriedAgain(t *testing.T) {
	r := newRegister()
	r.err = errAway
	h := newHouse(r)
	for name, activity := range map[string]struct{ run, input any }{
		"write": {h.WriteAndDeliver, activities.WritePageInput{SendID: "send"}},
		"start": {h.StartUsers, page},
		"wake":  {h.WakeUsers, activities.SendInput{SendID: "send"}},
		"look":  {h.LookAtSend, activities.SendInput{SendID: "send"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, h.run(t, activity.run, activity.input, nil), errAway.Error())
		})
	}
}
