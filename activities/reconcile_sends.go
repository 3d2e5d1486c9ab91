package activities

import (
	"context"
	"maps"
	"slices"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// reconcileSends goes through all group sends that are not over; what is left
// in sends is over in the store and told to end.
func (v engineView) reconcileSends(ctx context.Context, r *ReconcileResult) error {
	var f faults
	for after := ""; ; {
		page, err := v.Ledger.RunningSends(ctx, after, reconcileBatch)
		if err != nil {
			f.note(wrap(err, "listing running sends"))
			return f.err()
		}
		if len(page) == 0 {
			v.wakeSends(ctx, slices.Collect(maps.Keys(v.sends)), r, &f)
			return f.err()
		}
		after = page[len(page)-1].ID
		v.reconcileSendPage(ctx, page, r, &f)
	}
}

// reconcileSendPage starts what does not run, and tells once of the end of each
// pause: neither a page nor its users may have heard.
func (v engineView) reconcileSendPage(ctx context.Context, page []invitation.RunningSend, r *ReconcileResult, f *faults) {
	var resumed []invitation.Told
	for _, send := range page {
		if !v.sends[send.ID] {
			f.note(v.reconcileSend(ctx, send, r))
			continue
		}
		delete(v.sends, send.ID)
		if time.Since(send.Resumed) > settling && send.Resumed.After(send.Woken) {
			resumed = append(resumed, invitation.Told{ID: send.ID, For: send.Resumed})
		}
	}
	r.Woken += len(resumed)
	f.note(wrap(v.wakeOnce(ctx, resumed, v.Users.WakeGroup, v.Ledger.NoteWokenSends), "waking sends that were resumed"))
}

func (a *Activities) wakeSends(ctx context.Context, sends []string, r *ReconcileResult, f *faults) {
	each(ctx, a.Limits.Starts, sends, f, func(id string) error {
		return wrap(a.Users.WakeGroup(ctx, id), "waking the workflow of send %s", id)
	})
	r.Woken += len(sends)
}

// reconcileSend mends a send whose workflow was not listed as running. One that
// has completed knew of an end that the store has lost.
func (a *Activities) reconcileSend(ctx context.Context, send invitation.RunningSend, r *ReconcileResult) error {
	last, err := a.Engine.LastRun(ctx, invitation.GroupWorkflowID(send.ID))
	switch {
	case err != nil:
		return wrap(err, "looking up the workflow of send %s", send.ID)
	case last == "running", last == "completed" && time.Since(send.Since) < settling:
		return nil
	case last == "terminated" || last == "cancelled":
		r.Cancelled++
		_, err := a.Ledger.CancelSend(ctx, people.Actor{Kind: people.ActorEngine}, send.ID)
		return wrap(err, "cancelling send %s", send.ID)
	}
	r.Sends++
	return wrap(a.Users.RestartGroup(ctx, send.ID), "starting the workflow of send %s", send.ID)
}
