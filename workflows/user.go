package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
	"heraut/invitation"
)

// InviteUser accompanies one user with open invitations until none is open: it
// delivers what is due, then waits for a look signal, the next due time or
// expiry. What was answered is read from the store, never from a signal.
func InviteUser(ctx workflow.Context, in InviteUserInput) error {
	u := inviteUser{userID: in.UserID, rules: in.Rules, next: invitation.Next{Due: in.Deliver, At: in.At}}
	u.looks = workflow.GetSignalChannel(ctx, LookSignalName)
	if err := u.run(ctx); err != nil {
		return err
	}
	if !u.next.Done {
		again := InviteUserInput{UserID: in.UserID, Rules: in.Rules, Deliver: u.next.Due, At: u.next.At}
		return workflow.NewContinueAsNewError(ctx, InviteUser, again)
	}
	return nil
}

type inviteUser struct {
	userID string
	rules  int
	looks  workflow.ReceiveChannel
	next   invitation.Next

	timer       workflow.Future
	timerAt     time.Time
	cancelTimer workflow.CancelFunc
}

// run returns when nothing is open, or when the history is long enough to
// continue as new; due times then come from the store again.
func (u *inviteUser) run(ctx workflow.Context) error {
	for !u.next.Done || u.newsAtTheEnd() {
		if u.next.Done {
			if err := u.record(ctx); err != nil {
				return err
			}
			continue
		}
		if u.next.Due {
			if err := u.deliver(ctx); err != nil {
				return err
			}
			continue
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && !u.pending() {
			return nil
		}
		if err := u.wait(ctx); err != nil {
			return err
		}
		if err := u.record(ctx); err != nil {
			return err
		}
	}
	return nil
}

// pending tells whether a look signal waits to be read; it must be read before
// the run continues as new.
func (u *inviteUser) pending() bool { return u.looks.Len() > 0 }

// newsAtTheEnd takes the look signals that came after the store said that
// nothing is open: something may be by now, and who started it was told that
// this run looks after it.
func (u *inviteUser) newsAtTheEnd() bool {
	if u.rules < 2 || !u.pending() {
		return false
	}
	drain(u.looks)
	return true
}

// deliver sends what is due. That may wait long, for a mail server that is
// down or for a limit; what is decided meanwhile is recorded at once.
func (u *inviteUser) deliver(ctx workflow.Context) error {
	workflow.SetCurrentDetails(ctx, "Delivering.")
	options := deliverOptions(ctx, "Deliver what is due")
	delivery := workflow.ExecuteActivity(options, do.DeliverUser, activities.UserInput{UserID: u.userID})
	looked := false
	for u.lookedBefore(ctx, delivery) {
		looked = true
		if err := u.record(ctx); err != nil || u.next.Done {
			return err
		}
	}
	var result activities.NextResult
	if err := delivery.Get(ctx, &result); err != nil {
		return fmt.Errorf("delivering: %w", err)
	}
	u.next = result.Next
	if u.next.Done || looked && u.rules >= 2 {
		// It was answered just now, and nothing is recorded yet; or the delivery
		// read what is next before that changed.
		return u.record(ctx)
	}
	return nil
}

// lookedBefore waits for a look signal or a future, and tells whether the
// signal came first.
func (u *inviteUser) lookedBefore(ctx workflow.Context, future workflow.Future) bool {
	looked := false
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(future, func(workflow.Future) {})
	selector.AddReceive(u.looks, func(c workflow.ReceiveChannel, _ bool) {
		drain(c)
		looked = true
	})
	selector.Select(ctx)
	return looked
}

// wait returns on a look signal or at the next due time. The timer of a run
// that ends is left to the server: cancelling it would cost an event.
func (u *inviteUser) wait(ctx workflow.Context) error {
	workflow.SetCurrentDetails(ctx, "Waits for an answer; next action at "+u.next.At.UTC().Format(time.RFC3339)+".")
	u.setTimer(ctx)
	if !u.lookedBefore(ctx, u.timer) {
		u.timer = nil
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("waiting: %w", err)
	}
	return nil
}

// setTimer keeps a timer that is still right: a look that changes nothing
// costs no timer events.
func (u *inviteUser) setTimer(ctx workflow.Context) {
	if u.timer != nil && u.timerAt.Equal(u.next.At) {
		return
	}
	if u.timer != nil {
		u.cancelTimer()
	}
	timerCtx, cancel := workflow.WithCancel(ctx)
	// A second at least: the store's clock decides what is due, and where it
	// lags behind the engine's the run must not spin.
	wait := max(u.next.At.Sub(workflow.Now(ctx)), time.Second)
	u.timer = workflow.NewTimerWithOptions(timerCtx, wait, workflow.TimerOptions{Summary: "Next due time"})
	u.timerAt, u.cancelTimer = u.next.At, cancel
}

// record lets the store's decided answers take effect and learns what is next.
func (u *inviteUser) record(ctx workflow.Context) error {
	input := activities.UserInput{UserID: u.userID}
	var result activities.NextResult
	local := localOptions(ctx)
	err := workflow.ExecuteLocalActivity(local, do.Record, input).Get(local, &result)
	if err != nil {
		regular := storeOptions(ctx, "Record the answer")
		err = workflow.ExecuteActivity(regular, do.Record, input).Get(regular, &result)
	}
	if err != nil {
		return fmt.Errorf("recording: %w", err)
	}
	u.next = result.Next
	return nil
}

// drain reads all waiting signals: one look answers them all.
func drain(c workflow.ReceiveChannel) {
	for c.ReceiveAsync(nil) {
	}
}
