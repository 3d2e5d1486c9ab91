// Package office does what follows a change that a person or a script asked
// for, once the store has decided: it tells the workflows. What they could not
// be told, Reconcile and the schedules find; so nothing here fails.
package office

import (
	"context"

	"heraut/invitation"
)

// Engine starts and wakes workflows.
type Engine interface {
	// StartUser starts a user's workflow, or makes the running one look.
	StartUser(ctx context.Context, s invitation.Start) error
	// StartGroup starts a send's workflow; one that runs is no error.
	StartGroup(ctx context.Context, sendID string) error
	// StartBulk starts a bulk action's workflow; one that runs is no error.
	StartBulk(ctx context.Context, bulkID string) error
	// WakeUser makes a running workflow look; one that does not run is no error.
	WakeUser(ctx context.Context, userID string) error
	// WakeGroup makes a running workflow look; one that does not run is no error.
	WakeGroup(ctx context.Context, sendID string) error
	// DistributeNow makes licenses of apps and books follow what was changed.
	DistributeNow(ctx context.Context) error
}

// Starts tells what starting a user's workflow needs; ok is false when nothing
// is open.
type Starts interface {
	UserStart(ctx context.Context, userID string) (start invitation.Start, ok bool, err error)
}

// Office tells workflows of what the store has decided.
type Office struct {
	Engine Engine
	Starts Starts
	// HasContent tells whether a content token is installed: without one there
	// are no licenses.
	HasContent func(ctx context.Context) (bool, error)
	// Later is told which step was left to Reconcile or to a schedule, and why.
	Later func(ctx context.Context, step string, err error)
}

// Sent starts the workflow of a send that was confirmed.
func (o Office) Sent(ctx context.Context, send invitation.Send) {
	if send.GroupID != "" {
		o.left(ctx, "starting a send's workflow", o.Engine.StartGroup(ctx, send.ID))
		return
	}
	start, open, err := o.Starts.UserStart(ctx, send.UserID)
	o.left(ctx, "reading whose workflow to start", err)
	if !open {
		return
	}
	start.SendID, start.Deliver = send.ID, true // no page of a group delivers for it
	o.left(ctx, "starting a user's workflow", o.Engine.StartUser(ctx, start))
}

// BulkMade starts the workflow of a bulk action.
func (o Office) BulkMade(ctx context.Context, bulk invitation.Bulk) {
	o.left(ctx, "starting a bulk action's workflow", o.Engine.StartBulk(ctx, bulk.ID))
}

// SendChanged makes the workflow of a send look.
func (o Office) SendChanged(ctx context.Context, send invitation.Send) {
	if send.GroupID != "" {
		o.SendsSettled(ctx, send.ID)
		return
	}
	o.UserChanged(ctx, send.UserID)
}

// SendsSettled makes the workflows of group sends look.
func (o Office) SendsSettled(ctx context.Context, sendIDs ...string) {
	for _, id := range sendIDs {
		o.left(ctx, "waking a send's workflow", o.Engine.WakeGroup(ctx, id))
	}
}

// UserChanged makes a user's workflow look; an empty id is nobody's.
func (o Office) UserChanged(ctx context.Context, userID string) {
	if userID != "" {
		o.left(ctx, "waking a user's workflow", o.Engine.WakeUser(ctx, userID))
	}
}

// Decided tells everyone whom a decision concerns.
func (o Office) Decided(ctx context.Context, d invitation.Decided) {
	o.SendsSettled(ctx, d.SettledSends...)
	o.UserChanged(ctx, d.UserID)
}

// ContentChanged makes licenses follow a change of who should have which.
func (o Office) ContentChanged(ctx context.Context) {
	installed, err := o.HasContent(ctx)
	if err == nil && installed {
		err = o.Engine.DistributeNow(ctx)
	}
	o.left(ctx, "distributing content", err)
}

func (o Office) left(ctx context.Context, step string, err error) {
	if err != nil {
		o.Later(ctx, step, err)
	}
}
