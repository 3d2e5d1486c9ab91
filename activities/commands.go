package activities

import "context"

// Commands are InviteToProgram commands that were queued at an MDM server.
type Commands interface {
	// RepeatSilent makes those due again that their devices have not answered
	// in time, where answers can be lost on the way. It returns the users whose
	// workflows must look, also beside an error.
	RepeatSilent(ctx context.Context) (users []string, err error)
}

// reconcileCommands heals what an MDM server elsewhere told once, and nobody
// heard. Users without a running workflow are the next step's business.
func (v engineView) reconcileCommands(ctx context.Context, r *ReconcileResult) error {
	if v.Commands == nil {
		return nil
	}
	silent, err := v.Commands.RepeatSilent(ctx)
	var running []string
	for _, id := range silent {
		if v.running[id] {
			running = append(running, id)
		}
	}
	r.Woken += len(running)
	if woken := v.wakeAll(ctx, running); err == nil {
		err = woken
	}
	return wrap(err, "repeating commands without an answer")
}
