package invitation

import "time"

// Action is what one call does to many invitations.
type Action string

// The actions.
const (
	Resend Action = "resend"
	Cancel Action = "cancel"
	Extend Action = "extend"
)

// Known tells whether a is an action.
func (a Action) Known() bool { return a == Resend || a == Cancel || a == Extend }

// Bulk is one action on every open invitation that a filter matches. A
// workflow goes through them step by step, so that it can be followed and
// survives a restart.
type Bulk struct {
	ID     string
	Action Action
	Filter Filter
	// Count is how many matched when it began.
	Count int
	// Done and Skipped count what came by: acted on, or settled before.
	Done, Skipped int
	CreatedAt     time.Time
	FinishedAt    time.Time // zero: under way
}

// BulkStep is one step of a bulk action.
type BulkStep struct {
	// Wake are the users whose workflows must look.
	Wake []string
	// Sends are the group sends that are over by this step.
	Sends []string
	// Finished: no step follows.
	Finished bool
	// Held: a restore holds the action back, nothing was done.
	Held bool
}
