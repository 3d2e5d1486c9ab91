package workflows

import (
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
	"heraut/invitation"
)

// InviteGroup walks a send's frozen targets page by page: it writes and
// delivers them, and behind that starts the workflows of their users. It then
// waits until the last invitation is settled.
func InviteGroup(ctx workflow.Context, in InviteGroupInput) error {
	g := inviteGroup{in: in, looks: workflow.GetSignalChannel(ctx, LookSignalName), began: workflow.Now(ctx)}
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
	// began is when this run began.
	began time.Time
	// starting is the start of users that is under way.
	starting workflow.Future
	// net is the timer under the signals; it is used until it fires.
	net workflow.Future
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
	return g.await(ctx)
}

// page writes and delivers the next page. over: the send was cancelled.
func (g *inviteGroup) page(ctx workflow.Context) (over bool, err error) {
	workflow.SetCurrentDetails(ctx, fmt.Sprintf("Delivering from target %d.", g.in.From))
	begun := workflow.Now(ctx)
	var result activities.WritePageResult
	deliver := deliverOptions(ctx, fmt.Sprintf("Write and deliver from target %d", g.in.From))
	input := activities.WritePageInput{SendID: g.in.SendID, From: g.in.From}
	if err := workflow.ExecuteActivity(deliver, do.WriteAndDeliver, input).Get(ctx, &result); err != nil {
		return false, fmt.Errorf("delivering a page: %w", err)
	}
	// Whatever stopped the page: who has got a message may have answered.
	if !slices.Contains(g.in.Pages, result.To) {
		g.in.Pages = append(g.in.Pages, result.To)
	}
	switch result.Halt {
	case invitation.HaltOver, invitation.HaltCancelled:
		return true, g.end(ctx, result.Halt)
	case invitation.HaltPaused:
		err := g.hold(ctx) // then the same page again, for its rest
		g.in.Started = min(g.in.Started, g.in.From)
		return false, err
	}
	g.in.From, g.in.Written = result.To, result.Last
	return false, g.follow(ctx, begun)
}

// handOver leaves nothing behind that the next run does not know of: a start
// under way is finished, and signals that nobody read count as a pause.
func (g *inviteGroup) handOver(ctx workflow.Context) error {
	g.in.Held = g.in.Held || g.looks.Len() > 0
	return g.finishStart(ctx)
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

// look waits for a signal or, slowly, for the clock, and starts users
// meanwhile. A signal means that something has changed; a pause that is over
// already looks as if it never was.
func (g *inviteGroup) look(ctx workflow.Context) error {
	for changed := false; !changed; {
		if err := g.startUsers(ctx); err != nil {
			return err
		}
		if g.net == nil {
			g.net = workflow.NewTimerWithOptions(ctx, slowLook, workflow.TimerOptions{Summary: "Look again, slowly"})
		}
		err := workflow.Await(ctx, func() bool { return g.looks.Len() > 0 || g.net.IsReady() || g.mayStart() })
		if err != nil {
			return fmt.Errorf("waiting: %w", err)
		}
		if g.net.IsReady() {
			g.net, changed = nil, true
		}
		changed = changed || g.looks.Len() > 0
	}
	g.in.Held = g.in.Held || g.looks.Len() > 0
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
	if err := g.startAll(ctx); err != nil {
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
