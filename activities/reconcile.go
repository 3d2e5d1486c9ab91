package activities

import (
	"context"
	"maps"
	"slices"
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
// lost signal or a person in the Temporal UI has left behind.
func (a *Activities) Reconcile(ctx context.Context) (ReconcileResult, error) {
	defer heartbeat(ctx)()
	var r ReconcileResult
	running := map[string]bool{}
	err := a.Engine.RunningUsers(ctx, func(users []string) {
		for _, id := range users {
			running[id] = true
		}
	})
	if err != nil {
		return r, wrap(err, "listing running workflows")
	}
	for _, step := range []func(context.Context, map[string]bool, *ReconcileResult) error{
		a.reconcileUsers, a.reconcileAnswers, a.reconcileSends, a.reconcileBulks,
	} {
		if err := step(ctx, running, &r); err != nil {
			return r, err
		}
	}
	return r, wrap(a.Ledger.Purge(ctx), "purging")
}

// reconcileUsers goes through all users with open invitations; what is left in
// running has nothing open and is told to end.
func (a *Activities) reconcileUsers(ctx context.Context, running map[string]bool, r *ReconcileResult) error {
	for after := ""; ; {
		page, err := a.Ledger.OpenUsers(ctx, after, reconcileBatch)
		if err != nil {
			return wrap(err, "listing users with open invitations")
		}
		if len(page) == 0 {
			r.Woken += len(running)
			return a.wakeAll(ctx, slices.Collect(maps.Keys(running)))
		}
		after = page[len(page)-1].UserID
		if err := a.reconcilePage(ctx, page, running, r); err != nil {
			return err
		}
	}
}

// What has been due for longer than overdue makes its running workflow look:
// the signal of a resend may have been lost. What is due for longer than
// overdueMost waits for something else, such as a relay that is down, and each
// look would only lengthen the history.
const (
	overdue     = 10 * time.Minute
	overdueMost = 25 * time.Minute
)

func (a *Activities) reconcilePage(ctx context.Context, page []invitation.Start, running map[string]bool, r *ReconcileResult) error {
	var late []string
	for _, s := range page {
		if !running[s.UserID] {
			if err := a.reconcileUser(ctx, s, r); err != nil {
				return err
			}
			continue
		}
		delete(running, s.UserID)
		if due := time.Since(s.At); due > overdue && due < overdueMost {
			late = append(late, s.UserID)
		}
	}
	r.Woken += len(late)
	return a.wakeAll(ctx, late)
}

// reconcileUser mends a user with open invitations and no running workflow: a
// person who ended the run meant it; anything else is started again.
func (a *Activities) reconcileUser(ctx context.Context, s invitation.Start, r *ReconcileResult) error {
	age := time.Since(s.Since)
	if age < settling {
		return nil
	}
	last, err := a.Engine.LastRun(ctx, invitation.UserWorkflowID(s.UserID))
	switch {
	case err != nil:
		return wrap(err, "looking up the workflow of user %s", s.UserID)
	case last == "terminated" || last == "cancelled":
		r.Cancelled++
		actor := people.Actor{Kind: people.ActorEngine}
		return wrap(a.Ledger.CancelUser(ctx, actor, s.UserID, "workflow "+last), "cancelling for user %s", s.UserID)
	case last == "running" || s.GroupID != "" && age < settlingGroup:
		return nil
	}
	r.Started++
	return wrap(a.Users.StartUser(ctx, s), "starting the workflow of user %s", s.UserID)
}

func (a *Activities) reconcileAnswers(ctx context.Context, _ map[string]bool, r *ReconcileResult) error {
	users, err := a.Ledger.UnrecordedUsers(ctx, reconcileBatch)
	if err != nil {
		return wrap(err, "listing unrecorded answers")
	}
	r.Woken += len(users)
	return a.startAll(ctx, users)
}

func (a *Activities) reconcileSends(ctx context.Context, _ map[string]bool, r *ReconcileResult) error {
	sends, err := a.Ledger.RunningSends(ctx, reconcileBatch)
	if err != nil {
		return wrap(err, "listing running sends")
	}
	for _, id := range sends {
		if err := a.reconcileSend(ctx, id, r); err != nil {
			return err
		}
	}
	return nil
}

func (a *Activities) reconcileSend(ctx context.Context, id string, r *ReconcileResult) error {
	last, err := a.Engine.LastRun(ctx, invitation.GroupWorkflowID(id))
	switch {
	case err != nil:
		return wrap(err, "looking up the workflow of send %s", id)
	case last == "running":
		return nil
	case last == "terminated" || last == "cancelled":
		r.Cancelled++
		_, err := a.Ledger.CancelSend(ctx, people.Actor{Kind: people.ActorEngine}, id)
		return wrap(err, "cancelling send %s", id)
	}
	r.Sends++
	return wrap(a.Users.StartGroup(ctx, id), "starting the workflow of send %s", id)
}

func (a *Activities) reconcileBulks(ctx context.Context, _ map[string]bool, _ *ReconcileResult) error {
	bulks, err := a.Ledger.OpenBulks(ctx)
	if err != nil {
		return wrap(err, "listing open bulk actions")
	}
	for _, id := range bulks {
		if err := a.Users.StartBulk(ctx, id); err != nil {
			return wrap(err, "starting bulk action %s", id)
		}
	}
	return nil
}
