package activities

import (
	"context"
	"errors"

	"heraut/invitation"
)

// WritePageInput names the page of a send that begins at target From.
type WritePageInput struct {
	SendID string `json:"send_id"`
	From   int    `json:"from"`
}

// WritePageResult tells where the page ends and why it stands still, if it
// does. Part of a page that stands still may have left.
type WritePageResult struct {
	To   int             `json:"to"`
	Last bool            `json:"last"`
	Halt invitation.Halt `json:"halt,omitempty"`
}

// WriteAndDeliver writes a page's invitations and sends their first
// deliveries: mail leaves at the speed of the ledger, not of the engine.
func (a *Activities) WriteAndDeliver(ctx context.Context, in WritePageInput) (WritePageResult, error) {
	page, err := a.Ledger.WritePage(ctx, in.SendID, in.From, a.Limits.PageSize)
	if err != nil {
		return WritePageResult{}, wrap(err, "writing a page of send %s", in.SendID)
	}
	result := WritePageResult{To: page.Next, Last: page.Last, Halt: page.Halt}
	if page.Halt != invitation.HaltNone {
		return result, nil
	}
	delivered, err := a.DeliverPage(ctx, PageInput{SendID: in.SendID, From: in.From, To: page.Next})
	if err != nil {
		return WritePageResult{}, err
	}
	result.Halt = delivered.Halt
	return result, nil
}

// StartUsers starts, or wakes, the workflows of a page's users, those who have
// answered already too. Answers that came while they were started are looked at
// again, since a workflow that did not run yet could not be told.
func (a *Activities) StartUsers(ctx context.Context, in PageInput) error {
	defer heartbeat(ctx)()
	starts, err := a.Ledger.PageStarts(ctx, in.SendID, in.From, in.To)
	if err != nil {
		return wrap(err, "listing the users of send %s", in.SendID)
	}
	missed := a.startAll(ctx, starts)
	answered, err := a.Ledger.PageAnswered(ctx, in.SendID, in.From, in.To)
	if err != nil {
		return errors.Join(missed, wrap(err, "listing answers of send %s", in.SendID))
	}
	return errors.Join(missed, a.wakeAll(ctx, answered))
}

// SendInput names a send.
type SendInput struct {
	SendID string `json:"send_id"`
}

// HaltResult tells whether a send stands still.
type HaltResult struct {
	Halt invitation.Halt `json:"halt,omitempty"`
}

// LookAtSend tells how a send stands in the store.
func (a *Activities) LookAtSend(ctx context.Context, in SendInput) (HaltResult, error) {
	halt, err := a.Ledger.SendHalt(ctx, in.SendID)
	return HaltResult{Halt: halt}, wrap(err, "looking at send %s", in.SendID)
}

// wakePage is how many users WakeUsers reads at once.
const wakePage = 500

// WakeUsers makes the workflows of all users of a send look: after a resume or
// a cancellation.
func (a *Activities) WakeUsers(ctx context.Context, in SendInput) error {
	defer heartbeat(ctx)()
	var f faults
	for after := ""; ; {
		users, err := a.Ledger.SendUsers(ctx, in.SendID, after, wakePage)
		if err != nil || len(users) == 0 {
			f.note(wrap(err, "listing the users of send %s", in.SendID))
			return f.err()
		}
		f.note(a.wakeAll(ctx, users))
		after = users[len(users)-1]
	}
}

// startAll starts all, whoever fails; it returns what went wrong.
func (a *Activities) startAll(ctx context.Context, starts []invitation.Start) error {
	var f faults
	each(ctx, a.Limits.Starts, starts, &f, func(s invitation.Start) error {
		return wrap(a.Users.StartUser(ctx, s), "starting the workflow of user %s", s.UserID)
	})
	return f.err()
}

// wakeAll wakes all, whoever fails; it returns what went wrong.
func (a *Activities) wakeAll(ctx context.Context, users []string) error {
	var f faults
	each(ctx, a.Limits.Starts, users, &f, func(id string) error {
		return wrap(a.Users.WakeUser(ctx, id), "waking the workflow of user %s", id)
	})
	return f.err()
}
