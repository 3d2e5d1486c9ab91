package invitation

import "time"

// Answer is what a person can say to an invitation.
type Answer string

// The answers.
const (
	Accept  Answer = "accept"
	Decline Answer = "decline"
)

// Known tells whether a is an answer.
func (a Answer) Known() bool { return a == Accept || a == Decline }

// State is the state that the answer settles an invitation in.
func (a Answer) State() State {
	if a == Accept {
		return Accepted
	}
	return Declined
}

// View is an invitation as its invited person sees it on the invitation page.
type View struct {
	ID       string
	UserID   string
	FullName string
	Language string // the user's; empty: the organization's default
	// Devices are the names at enrollment of all devices that the user is
	// invited for.
	Devices []string
	// State is true to the database's clock: an invitation past its expiry
	// reads Expired although nothing swept it yet.
	State     State
	ExpiresAt time.Time
	SettledAt time.Time
	// NewLinkAsked and RemindersStopped tell what the person did here before.
	NewLinkAsked     bool
	RemindersStopped bool
}
