package activities

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// ReconcileResult counts what Reconcile mended.
type ReconcileResult struct {
	Started   int `json:"started"`
	Cancelled int `json:"cancelled"`
	Woken     int `json:"woken"`
	Sends     int `json:"sends"`
}

// How old an open invitation must be before Reconcile misses its workflow: a
// start may still be on its way, and visibility lags a little. A group's
// workflow starts its users behind its pages, which takes longer.
const (
	settling      = time.Minute
	settlingGroup = 30 * time.Minute
)

// reconcileBatch is how many users Reconcile reads at once.
const reconcileBatch = 1000

// Reconcile compares the store with the engine and mends what a lost start, a
// lost signal or a person in the Temporal UI has left behind. What can not be
// mended stops nothing else: its errors come at the end.
func (a *Activities) Reconcile(ctx context.Context) (ReconcileResult, error) {
	defer heartbeat(ctx)()
	var r ReconcileResult
	seen, err := a.look(ctx)
	if err != nil {
		return r, err
	}
	var problems []error
	for _, step := range []func(context.Context, *ReconcileResult) error{
		seen.reconcileCommands, seen.reconcileUsers, a.reconcileAnswers, seen.reconcileSends, a.reconcileBulks, a.purge,
	} {
		problems = append(problems, step(ctx, &r))
	}
	return r, errors.Join(problems...)
}

func (a *Activities) purge(ctx context.Context, _ *ReconcileResult) error {
	return wrap(a.Ledger.Purge(ctx), "purging")
}

// engineView is what the engine's lists say of workflows. Asking for each by
// itself would take longer than starting them all.
type engineView struct {
	*Activities

	// running users and sends; who is well is taken out.
	running, sends map[string]bool
	// ended is when a person last ended a run.
	ended map[string]time.Time
}

func (a *Activities) look(ctx context.Context) (engineView, error) {
	v := engineView{Activities: a, running: map[string]bool{}, sends: map[string]bool{}, ended: map[string]time.Time{}}
	if err := a.Engine.RunningUsers(ctx, noteIn(v.running)); err != nil {
		return v, wrap(err, "listing running workflows of users")
	}
	if err := a.Engine.RunningSends(ctx, noteIn(v.sends)); err != nil {
		return v, wrap(err, "listing running workflows of sends")
	}
	err := a.Engine.EndedUsers(ctx, func(userID string, at time.Time) {
		if at.After(v.ended[userID]) {
			v.ended[userID] = at
		}
	})
	return v, wrap(err, "listing workflows that a person ended")
}

func noteIn(set map[string]bool) func([]string) {
	return func(ids []string) {
		for _, id := range ids {
			set[id] = true
		}
	}
}

// reconcileUsers goes through all users with open invitations; what is left in
// running has nothing open and is told to end.
func (v engineView) reconcileUsers(ctx context.Context, r *ReconcileResult) error {
	var f faults
	for after := ""; ; {
		page, err := v.Ledger.OpenUsers(ctx, after, reconcileBatch)
		if err != nil {
			f.note(wrap(err, "listing users with open invitations"))
			return f.err()
		}
		if len(page) == 0 {
			r.Woken += len(v.running)
			f.note(v.wakeAll(ctx, slices.Collect(maps.Keys(v.running))))
			return f.err()
		}
		after = page[len(page)-1].UserID
		v.reconcilePage(ctx, page, r, &f)
	}
}

// overdue is how long what is due may wait before its running workflow is made
// to look: the signal of a resend may have been lost. It is woken once for each
// due moment, for what waits for something else, such as a relay that is down,
// would only have a longer history with each look.
const overdue = 10 * time.Minute

func (v engineView) reconcilePage(ctx context.Context, page []invitation.Start, r *ReconcileResult, f *faults) {
	var late []invitation.Told
	for _, s := range page {
		if !v.running[s.UserID] {
			f.note(v.reconcileUser(ctx, s, r))
			continue
		}
		delete(v.running, s.UserID)
		if due := s.Late(time.Now(), overdue); due.After(s.Woken) {
			late = append(late, invitation.Told{ID: s.UserID, For: due})
		}
	}
	r.Woken += len(late)
	f.note(wrap(v.wakeOnce(ctx, late, v.Users.WakeUser, v.Ledger.NoteWokenUsers), "waking users of what is overdue"))
}

// wakeOnce wakes, and notes for what: who could not be woken is woken next
// time, who could not be noted once more.
func (a *Activities) wakeOnce(ctx context.Context, late []invitation.Told,
	wake func(ctx context.Context, id string) error, note func(ctx context.Context, woken []invitation.Told) error,
) error {
	var f faults
	woken := make([]invitation.Told, 0, len(late))
	var mu sync.Mutex
	each(ctx, a.Limits.Starts, late, &f, func(one invitation.Told) error {
		if err := wake(ctx, one.ID); err != nil {
			return wrap(err, "waking the workflow of %s", one.ID)
		}
		mu.Lock()
		defer mu.Unlock()
		woken = append(woken, one)
		return nil
	})
	if len(woken) > 0 {
		f.note(wrap(note(ctx, woken), "noting who was woken"))
	}
	return f.err()
}

// reconcileUser mends a user with open invitations and no running workflow: a
// person who ended the run after they were written meant it; anything else is
// started again.
func (v engineView) reconcileUser(ctx context.Context, s invitation.Start, r *ReconcileResult) error {
	age := time.Since(s.Since)
	meant := v.ended[s.UserID].After(s.Since)
	if age < settling || !meant && s.GroupID != "" && age < settlingGroup {
		return nil
	}
	last, err := v.Engine.LastRun(ctx, invitation.UserWorkflowID(s.UserID))
	switch {
	case err != nil:
		return wrap(err, "looking up the workflow of user %s", s.UserID)
	case last == "running":
		return nil
	case meant && (last == "terminated" || last == "cancelled"):
		r.Cancelled++
		actor := people.Actor{Kind: people.ActorEngine}
		return wrap(v.Ledger.CancelUser(ctx, actor, s.UserID, "workflow "+last), "cancelling for user %s", s.UserID)
	}
	r.Started++
	return wrap(v.Users.StartUser(ctx, s), "starting the workflow of user %s", s.UserID)
}

func (a *Activities) reconcileAnswers(ctx context.Context, r *ReconcileResult) error {
	users, err := a.Ledger.UnrecordedUsers(ctx, reconcileBatch)
	if err != nil {
		return wrap(err, "listing unrecorded answers")
	}
	r.Woken += len(users)
	return a.startAll(ctx, users)
}

func (a *Activities) reconcileBulks(ctx context.Context, _ *ReconcileResult) error {
	bulks, err := a.Ledger.OpenBulks(ctx)
	if err != nil {
		return wrap(err, "listing open bulk actions")
	}
	var f faults
	for _, id := range bulks {
		f.note(wrap(a.Users.RestartBulk(ctx, id), "starting bulk action %s", id))
	}
	return f.err()
}
