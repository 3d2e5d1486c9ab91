package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
	"heraut/invitation"
)

// InviteGroup walks a send's frozen targets page by page: it writes and
// delivers one page while it starts the workflows of the page before. It then
// waits until the last invitation is settled.
func InviteGroup(ctx workflow.Context, in InviteGroupInput) error {
	g := inviteGroup{in: in, looks: workflow.GetSignalChannel(ctx, LookSignalName)}
	again, err := g.run(ctx)
	if err != nil {
		return err
	}
	if again {
		return workflow.NewContinueAsNewError(ctx, InviteGroup, g.in)
	}
	return nil
}

type inviteGroup struct {
	in    InviteGroupInput
	looks workflow.ReceiveChannel
	// behind is the running start of the page before.
	behind workflow.Future
}

// slowLook is the net under the signal of the last settled invitation.
const slowLook = 6 * time.Hour

// run returns true when the run should continue as new.
func (g *inviteGroup) run(ctx workflow.Context) (again bool, err error) {
	for !g.in.Written {
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return true, g.handOver(ctx)
		}
		over, err := g.page(ctx)
		if err != nil || over {
			return false, err
		}
	}
	if err := g.finishPage(ctx); err != nil {
		return false, err
	}
	return g.await(ctx)
}

// page writes and delivers the next page. over: the send was cancelled.
func (g *inviteGroup) page(ctx workflow.Context) (over bool, err error) {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("Delivering from target %d.", g.in.From))
	var result activities.WritePageResult
	deliver := deliverOptions(ctx, fmt.Sprintf("Write and deliver from target %d", g.in.From))
	input := activities.WritePageInput{SendID: g.in.SendID, From: g.in.From}
	if err := workflow.ExecuteActivity(deliver, do.WriteAndDeliver, input).Get(ctx, &result); err != nil {
		return false, fmt.Errorf("delivering a page: %w", err)
	}
	// Whatever stopped the page: who has got a message may have answered.
	if err := g.startUsers(ctx, g.in.From, result.To); err != nil {
		return false, err
	}
	switch result.Halt {
	case invitation.HaltOver, invitation.HaltCancelled:
		return true, g.end(ctx, result.Halt)
	case invitation.HaltPaused:
		return false, g.hold(ctx) // then the same page again, for its rest
	}
	g.in.From, g.in.Written = result.To, result.Last
	return false, nil
}

// startUsers starts the page's users once the page before is done.
func (g *inviteGroup) startUsers(ctx workflow.Context, from, to int) error {
	if err := g.finishPage(ctx); err != nil {
		return err
	}
	start := storeOptions(ctx, fmt.Sprintf("Start users of targets %d to %d", from, to))
	g.behind = workflow.ExecuteActivity(start, do.StartUsers, activities.PageInput{SendID: g.in.SendID, From: from, To: to})
	return nil
}

func (g *inviteGroup) finishPage(ctx workflow.Context) error {
	if g.behind == nil {
		return nil
	}
	err := g.behind.Get(ctx, nil)
	g.behind = nil
	if err != nil {
		return fmt.Errorf("starting users: %w", err)
	}
	return nil
}

// handOver leaves nothing behind that the next run does not know of: started
// pages are finished, and signals that nobody read count as a pause.
func (g *inviteGroup) handOver(ctx workflow.Context) error {
	g.in.Held = g.in.Held || g.looks.Len() > 0
	return g.finishPage(ctx)
}

// hold waits until the send is no longer paused.
func (g *inviteGroup) hold(ctx workflow.Context) error {
	for halt := invitation.HaltPaused; halt == invitation.HaltPaused; {
		workflow.SetCurrentDetails(ctx, "Paused.")
		g.in.Held = true
		err := g.look(ctx)
		if err != nil {
			return err
		}
		if halt, err = g.lookAtSend(ctx); err != nil {
			return err
		}
	}
	return nil
}

// look waits for a signal or, slowly, for the clock. A signal means that
// something has changed; a pause that is over already looks as if it never was.
func (g *inviteGroup) look(ctx workflow.Context) error {
	signalled, err := workflow.AwaitWithTimeout(ctx, slowLook, func() bool { return g.looks.Len() > 0 })
	if err != nil {
		return fmt.Errorf("waiting: %w", err)
	}
	g.in.Held = g.in.Held || signalled
	drain(g.looks)
	return nil
}

// await waits until the send is over, and passes each pause and resume on to
// the users' workflows.
func (g *inviteGroup) await(ctx workflow.Context) (again bool, err error) {
	for {
		halt, err := g.lookAtSend(ctx)
		if err != nil {
			return false, err
		}
		if halt == invitation.HaltOver || halt == invitation.HaltCancelled {
			return false, g.end(ctx, halt)
		}
		if err := g.passOn(ctx, halt); err != nil {
			return false, err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return true, g.handOver(ctx)
		}
		if err := g.look(ctx); err != nil {
			return false, err
		}
	}
}

func (g *inviteGroup) lookAtSend(ctx workflow.Context) (invitation.Halt, error) {
	var result activities.HaltResult
	local := localOptions(ctx)
	input := activities.SendInput{SendID: g.in.SendID}
	err := workflow.ExecuteLocalActivity(local, do.LookAtSend, input).Get(local, &result)
	if err != nil {
		regular := storeOptions(ctx, "Look at the send")
		err = workflow.ExecuteActivity(regular, do.LookAtSend, input).Get(regular, &result)
	}
	if err != nil {
		return "", fmt.Errorf("looking at the send: %w", err)
	}
	return result.Halt, nil
}

// passOn wakes the users after a pause: what came due meanwhile leaves now.
func (g *inviteGroup) passOn(ctx workflow.Context, halt invitation.Halt) error {
	if halt == invitation.HaltPaused {
		workflow.SetCurrentDetails(ctx, "Paused.")
		g.in.Held = true
		return nil
	}
	workflow.SetCurrentDetails(ctx, "All pages are out; waits for the last answer.")
	if !g.in.Held {
		return nil
	}
	g.in.Held = false
	return g.wakeUsers(ctx)
}

// end wakes the users of a cancelled send, so that those with nothing open end
// too; where all has settled, each user's own answer has woken it.
func (g *inviteGroup) end(ctx workflow.Context, halt invitation.Halt) error {
	if err := g.finishPage(ctx); err != nil {
		return err
	}
	workflow.SetCurrentDetails(ctx, "Over.")
	if halt == invitation.HaltOver {
		return nil
	}
	return g.wakeUsers(ctx)
}

func (g *inviteGroup) wakeUsers(ctx workflow.Context) error {
	wake := storeOptions(ctx, "Wake users")
	if err := workflow.ExecuteActivity(wake, do.WakeUsers, activities.SendInput{SendID: g.in.SendID}).Get(ctx, nil); err != nil {
		return fmt.Errorf("waking users: %w", err)
	}
	return nil
}
