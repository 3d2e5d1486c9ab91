package activities_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/invitation"
	"heraut/people"
)

// books play the store as Reconcile reads it.
type books struct {
	activities.Ledger
	open       []invitation.Start // in order
	unrecorded []invitation.Start
	sends      []invitation.RunningSend // in order
	bulks      []string
	cancelled  []string
	purged     bool
	err        error
	noting     error // what noting who was woken fails with
}

// old are users whose invitations were written long ago.
func old(ids ...string) []invitation.Start { return since(24*time.Hour, ids...) }

func since(age time.Duration, ids ...string) []invitation.Start {
	starts := make([]invitation.Start, len(ids))
	for i, id := range ids {
		starts[i] = invitation.Start{UserID: id, Since: time.Now().Add(-age), At: time.Now().Add(time.Hour)}
	}
	return starts
}

func (b *books) OpenUsers(_ context.Context, after string, _ int) ([]invitation.Start, error) {
	var page []invitation.Start
	for _, s := range b.open {
		if s.UserID > after && len(page) < 2 {
			page = append(page, s)
		}
	}
	return page, b.err
}

func (b *books) UnrecordedUsers(context.Context, int) ([]invitation.Start, error) {
	return b.unrecorded, nil
}

func (b *books) RunningSends(_ context.Context, after string, _ int) ([]invitation.RunningSend, error) {
	var page []invitation.RunningSend
	for _, s := range b.sends {
		if s.ID > after && len(page) < 2 {
			page = append(page, s)
		}
	}
	return page, nil
}

func (b *books) NoteWokenUsers(_ context.Context, woken []invitation.Told) error {
	for _, w := range woken {
		i := slices.IndexFunc(b.open, func(s invitation.Start) bool { return s.UserID == w.ID })
		b.open[i].Woken = w.For
	}
	return b.noting
}

func (b *books) NoteWokenSends(_ context.Context, woken []invitation.Told) error {
	for _, w := range woken {
		i := slices.IndexFunc(b.sends, func(s invitation.RunningSend) bool { return s.ID == w.ID })
		b.sends[i].Woken = w.For
	}
	return b.noting
}

func (b *books) OpenBulks(context.Context) ([]string, error) { return b.bulks, nil }

func (b *books) CancelUser(_ context.Context, by people.Actor, id, reason string) error {
	b.cancelled = append(b.cancelled, fmt.Sprintf("%s %s: %s", by, id, reason))
	return nil
}

func (b *books) CancelSend(_ context.Context, by people.Actor, id string) (invitation.Send, error) {
	b.cancelled = append(b.cancelled, fmt.Sprintf("%s %s", by, id))
	return invitation.Send{}, nil
}

func (b *books) Purge(context.Context) error {
	b.purged = true
	return nil
}

func reconcile(t *testing.T, b *books, e *engine) activities.ReconcileResult {
	t.Helper()
	h := newHouse(b)
	h.Engine, h.Users = e, e
	var result activities.ReconcileResult
	require.NoError(t, h.run(t, h.Reconcile, nil, &result))
	require.True(t, b.purged)
	return result
}

func TestReconcileMendsUsers(t *testing.T) {
	for last, want := range map[string]struct {
		calls     []string
		cancelled []string
	}{
		"none":       {calls: []string{"start u"}},
		"failed":     {calls: []string{"start u"}},
		"timed_out":  {calls: []string{"start u"}},
		"completed":  {calls: []string{"start u"}},
		"running":    {}, // not listed as running yet
		"terminated": {cancelled: []string{"engine u: workflow terminated"}},
		"cancelled":  {cancelled: []string{"engine u: workflow cancelled"}},
	} {
		t.Run(last, func(t *testing.T) {
			b, e := &books{open: old("u")}, newEngine()
			e.lastRun[invitation.UserWorkflowID("u")] = last

			result := reconcile(t, b, e)

			require.Equal(t, want.calls, e.noted())
			require.Equal(t, want.cancelled, b.cancelled)
			require.Equal(t, activities.ReconcileResult{Started: len(want.calls), Cancelled: len(want.cancelled)}, result)
		})
	}
}

func TestReconcileMendsSends(t *testing.T) {
	for last, want := range map[string]struct {
		calls     []string
		cancelled []string
	}{
		"none":       {calls: []string{"start send s"}},
		"failed":     {calls: []string{"start send s"}},
		"completed":  {calls: []string{"start send s"}}, // the store has lost its end
		"running":    {},
		"terminated": {cancelled: []string{"engine s"}},
		"cancelled":  {cancelled: []string{"engine s"}},
	} {
		t.Run(last, func(t *testing.T) {
			b, e := &books{sends: []invitation.RunningSend{{ID: "s"}}}, newEngine()
			e.lastRun[invitation.GroupWorkflowID("s")] = last

			result := reconcile(t, b, e)

			require.Equal(t, want.calls, e.noted())
			require.Equal(t, want.cancelled, b.cancelled)
			require.Equal(t, activities.ReconcileResult{Sends: len(want.calls), Cancelled: len(want.cancelled)}, result)
		})
	}
}

// The row of a send that has just been confirmed may have been read before its
// end was written.
func TestReconcileLetsTheEndOfASendSettle(t *testing.T) {
	b, e := &books{sends: []invitation.RunningSend{{ID: "s", Since: time.Now()}}}, newEngine()
	e.lastRun[invitation.GroupWorkflowID("s")] = "completed"

	require.Zero(t, reconcile(t, b, e))
	require.Empty(t, e.noted())
}

func TestReconcileEndsSendsThatAreOver(t *testing.T) {
	b, e := &books{sends: []invitation.RunningSend{{ID: "a"}, {ID: "b"}, {ID: "c"}}}, newEngine()
	e.runningSends = []string{"a", "b", "c", "over-1", "over-2"}

	result := reconcile(t, b, e)

	require.Equal(t, []string{"wake send over-1", "wake send over-2"}, e.noted())
	require.Equal(t, activities.ReconcileResult{Woken: 2}, result)
}

func TestReconcileTellsOfTheEndOfAPause(t *testing.T) {
	now := time.Now()
	told := now.Add(-2 * time.Hour)
	b, e := &books{sends: []invitation.RunningSend{
		{ID: "a-just-now", Resumed: now.Add(-time.Second)},
		{ID: "b-lately", Resumed: now.Add(-2 * time.Minute)},
		{ID: "c-told-before", Resumed: told, Woken: told},
		{ID: "d-resumed-again", Resumed: now.Add(-time.Hour), Woken: told},
		{ID: "e-long-ago", Resumed: now.Add(-24 * time.Hour)},
		{ID: "f-never"},
	}}, newEngine()
	for _, send := range b.sends {
		e.runningSends = append(e.runningSends, send.ID)
	}

	result := reconcile(t, b, e)

	want := []string{"wake send b-lately", "wake send d-resumed-again", "wake send e-long-ago"}
	require.Equal(t, want, e.noted())
	require.Equal(t, activities.ReconcileResult{Woken: 3}, result)
	require.Zero(t, reconcile(t, b, e), "each is told once")
	require.Equal(t, want, e.noted())
}

func TestReconcileLeavesWhatIsWellAlone(t *testing.T) {
	b, e := &books{open: old("a", "b", "c", "d", "e"), sends: []invitation.RunningSend{{ID: "s"}}}, newEngine()
	e.running, e.runningSends = []string{"a", "b", "c", "d", "e"}, []string{"s"}

	require.Zero(t, reconcile(t, b, e))
	require.Empty(t, e.noted())
}

func TestReconcileEndsRunsWithNothingOpen(t *testing.T) {
	b, e := &books{open: append(old("a"), since(0, "b")...)}, newEngine()
	e.running = []string{"a", "b", "idle-1", "idle-2"}

	result := reconcile(t, b, e)

	require.Equal(t, []string{"wake idle-1", "wake idle-2"}, e.noted())
	require.Equal(t, activities.ReconcileResult{Woken: 2}, result)
}

func TestReconcileWakesRunsThatMissedWhatIsDue(t *testing.T) {
	now := time.Now()
	ago := func(times ...time.Duration) []time.Time {
		due := make([]time.Time, len(times))
		for i, d := range times {
			due[i] = now.Add(-d)
		}
		return due
	}
	b, e := &books{open: old("a-due", "b-later", "c-lately", "d-long", "e-woken", "f-resent")}, newEngine()
	for i, due := range [][]time.Time{
		ago(15 * time.Minute), ago(-time.Hour), ago(time.Minute), ago(6*time.Hour, time.Minute),
		ago(6*time.Hour, -time.Hour), ago(6*time.Hour, time.Hour),
	} {
		b.open[i].Due = due
	}
	b.open[4].Woken, b.open[5].Woken = now.Add(-6*time.Hour), now.Add(-6*time.Hour)
	e.running = []string{"a-due", "b-later", "c-lately", "d-long", "e-woken", "f-resent"}

	result := reconcile(t, b, e)

	want := []string{"wake a-due", "wake d-long", "wake f-resent"}
	require.Equal(t, want, e.noted())
	require.Equal(t, activities.ReconcileResult{Woken: 3}, result)
	require.Zero(t, reconcile(t, b, e), "each due moment is told once")
	require.Equal(t, want, e.noted())
}

func TestReconcileWakesAgainWhoWasNotReached(t *testing.T) {
	for name, c := range map[string]struct{ engine, noting error }{
		"the engine was away": {engine: errAway}, "the store was away": {noting: errAway}, "both answered": {},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(nil)
			long := time.Now().Add(-time.Hour)
			b := &books{open: old("u"), sends: []invitation.RunningSend{{ID: "s", Resumed: long}}, noting: c.noting}
			b.open[0].Due = []time.Time{long}
			h.Ledger, h.engine.failing = b, c.engine
			h.engine.running, h.engine.runningSends = []string{"u"}, []string{"s"}

			err := h.run(t, h.Reconcile, nil, nil)

			require.Equal(t, []string{"wake send s", "wake u"}, h.engine.noted())
			require.Equal(t, c.engine != nil, b.open[0].Woken.IsZero())
			require.Equal(t, c.engine != nil, b.sends[0].Woken.IsZero())
			if c == (struct{ engine, noting error }{}) {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "waking users of what is overdue")
			require.ErrorContains(t, err, "waking sends that were resumed")
		})
	}
}

func TestReconcileLetsStartsSettle(t *testing.T) {
	for name, test := range map[string]struct {
		age    time.Duration
		group  string
		last   string
		mended bool
	}{
		"just written":                   {age: time.Second},
		"written some time ago":          {age: 2 * time.Minute, mended: true},
		"of a group, not started yet":    {age: 2 * time.Minute, group: "g"},
		"of a group, never started":      {age: time.Hour, group: "g", mended: true},
		"of a group, ended by a person":  {age: 2 * time.Minute, group: "g", last: "terminated", mended: true},
		"of a group, done with the last": {age: 2 * time.Minute, group: "g", last: "completed"},
	} {
		t.Run(name, func(t *testing.T) {
			b, e := &books{open: since(test.age, "u")}, newEngine()
			b.open[0].GroupID = test.group
			e.lastRun[invitation.UserWorkflowID("u")] = test.last

			result := reconcile(t, b, e)

			require.Equal(t, test.mended, result.Started+result.Cancelled == 1)
		})
	}
}

func TestReconcileStartsWhatWasInvitedAfterAPersonEndedARun(t *testing.T) {
	b, e := &books{open: since(time.Hour, "u")}, newEngine()
	e.lastRun[invitation.UserWorkflowID("u")] = "terminated"
	e.endedAt = time.Now().Add(-24 * time.Hour)

	reconcile(t, b, e)

	require.Equal(t, []string{"start u"}, e.noted())
	require.Empty(t, b.cancelled)
}

func TestReconcileFindsAnswersAndBulks(t *testing.T) {
	b, e := &books{unrecorded: []invitation.Start{{UserID: "a"}, {UserID: "b"}}, bulks: []string{"x"}}, newEngine()

	result := reconcile(t, b, e)

	require.Equal(t, []string{"start a", "start b", "start bulk x"}, e.noted())
	require.Equal(t, activities.ReconcileResult{Woken: 2}, result)
}

func TestReconcileFailsWithTheStore(t *testing.T) {
	h := newHouse(&books{err: errAway})

	require.ErrorContains(t, h.run(t, h.Reconcile, nil, nil), "listing users with open invitations: "+errAway.Error())
}

func TestReconcileGoesOnAfterWhatFails(t *testing.T) {
	for poison, missed := range map[string]string{
		"b":       "starting the workflow of user b",
		"idle-1":  "waking the workflow of user idle-1",
		"lost-1":  "starting the workflow of send lost-1",
		"over-1":  "waking the workflow of send over-1",
		"answer":  "starting the workflow of user answer",
		"bulk-1":  "starting bulk action bulk-1",
		"nothing": "",
	} {
		t.Run(poison, func(t *testing.T) {
			b, h := &books{
				open: old("a", "b", "c"), unrecorded: []invitation.Start{{UserID: "answer"}},
				sends: []invitation.RunningSend{{ID: "lost-1"}, {ID: "lost-2"}}, bulks: []string{"bulk-1", "bulk-2"},
			}, newHouse(nil)
			h.Ledger, h.engine.poison = b, poison
			h.engine.running, h.engine.runningSends = []string{"idle-1", "idle-2"}, []string{"over-1", "over-2"}

			err := h.run(t, h.Reconcile, nil, nil)

			require.Equal(t, []string{
				"start a", "start answer", "start b", "start bulk bulk-1", "start bulk bulk-2", "start c", "start send lost-1", "start send lost-2",
				"wake idle-1", "wake idle-2", "wake send over-1", "wake send over-2",
			}, h.engine.noted())
			require.True(t, b.purged)
			if missed == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, missed+": "+errAway.Error())
		})
	}
}

func TestReconcileTellsOfTenErrorsAtMost(t *testing.T) {
	var users []string
	for i := range 30 {
		users = append(users, fmt.Sprintf("user-%02d", i))
	}
	h := newHouse(&books{open: old(users...)})
	h.engine.failing = errAway

	err := h.run(t, h.Reconcile, nil, nil)

	require.Equal(t, 10, strings.Count(err.Error(), errAway.Error()))
	require.ErrorContains(t, err, "and 20 more errors like these")
	require.Len(t, h.engine.noted(), 30)
}
