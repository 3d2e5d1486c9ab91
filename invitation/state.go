package invitation

import "slices"

// State is where an invitation stands.
type State string

// The states of an invitation. Shown is reported by a device through MDM only.
const (
	Queued    State = "queued"
	Sent      State = "sent"
	Shown     State = "shown"
	Accepted  State = "accepted"
	Declined  State = "declined"
	Expired   State = "expired"
	Cancelled State = "cancelled"
	Failed    State = "failed"
)

// OpenStates are the states in which an invitation can still be answered.
var OpenStates = []State{Queued, Sent, Shown}

// SettledStates are the states that an invitation never leaves.
var SettledStates = []State{Accepted, Declined, Expired, Cancelled, Failed}

// States are all states, open ones first.
var States = slices.Concat(OpenStates, SettledStates)

// Open tells whether an invitation in s can still be answered.
func (s State) Open() bool { return slices.Contains(OpenStates, s) }

// Known tells whether s is one of States.
func (s State) Known() bool { return slices.Contains(States, s) }

// MayMove tells whether an invitation may go from one state to another: forward
// among the open states, and from each open state to each settled one.
func MayMove(from, to State) bool {
	if !from.Open() {
		return false
	}
	if !to.Open() {
		return to.Known()
	}
	return slices.Index(OpenStates, to) > slices.Index(OpenStates, from)
}

// WaitingFor tells what an open invitation waits for.
type WaitingFor string

// What an open invitation can wait for.
const (
	WaitingRelay   WaitingFor = "relay"
	WaitingLimit   WaitingFor = "limit"
	WaitingPause   WaitingFor = "pause"
	WaitingDevice  WaitingFor = "device"
	WaitingRetry   WaitingFor = "retry"
	WaitingAnswer  WaitingFor = "answer"
	WaitingLicense WaitingFor = "license"
)

// Channel is the way an invitation travels.
type Channel string

// The channels.
const (
	ChannelMDM   Channel = "mdm"
	ChannelAlert Channel = "alert"
	ChannelMail  Channel = "mail"
)

// Push tells whether the channel goes through APNs.
func (c Channel) Push() bool { return c == ChannelMDM || c == ChannelAlert }
