package invitation

import (
	"time"
)

// Audience chooses among the users of a plan.
type Audience string

// The audiences. NotEnrolled contains NotInvited.
const (
	NotInvited  Audience = "not_invited"
	NotEnrolled Audience = "not_enrolled"
)

// Policy is the channel policy of a plan.
type Policy string

// The channel policies; see Assign for what each means.
const (
	PolicyAuto Policy = "auto"
	PolicyPush Policy = "push"
	PolicyMail Policy = "mail"
	PolicyBoth Policy = "both"
)

// Request is what an administrator asks to plan: one user or one group.
type Request struct {
	UserID    string
	GroupID   string
	DeviceIDs []string // with UserID only; empty: all of the user's devices
	Audience  Audience
	Policy    Policy
}

// Target is one frozen invitation of a plan.
type Target struct {
	InvitationID string // given when the plan is frozen, so that a send is repeatable
	UserID       string
	DeviceID     string // empty: by mail, without a device
	Channel      Channel
}

// Reason tells why somebody or something is not invited.
type Reason string

// The reasons for skipping.
const (
	ServicesOff         Reason = "services_off"
	NoDevice            Reason = "no_device"
	NoChannel           Reason = "no_channel"
	AlreadyEnrolled     Reason = "already_enrolled"
	PreviouslyInvited   Reason = "previously_invited"
	DeviceNotInvitable  Reason = "device_not_invitable"
	NotAMember          Reason = "not_a_member"          // only when a target is checked again
	Reassigned          Reason = "device_reassigned"     // only when a target is checked again
	Deleted             Reason = "deleted"               // only when a target is checked again
	Disabled            Reason = "disabled"              // only when a target is checked again
	NoAddress           Reason = "no_address"            // only when a target is checked again
	LeftDirectory       Reason = "left_directory"        // only when a target is checked again
	CancelledByOperator Reason = "cancelled_by_operator" // on cancel
)

// Skip is one user or device that a plan leaves out.
type Skip struct {
	UserID   string
	DeviceID string // empty: the user as a whole
	Reason   Reason
}

// Plan is the frozen list of invitations a send would make.
type Plan struct {
	ID        string
	Request   Request
	Digest    string
	Totals    Totals
	Skipped   []Skip // the first 100
	CreatedAt time.Time
	ExpiresAt time.Time
	SendID    string // empty until sent
}

// Life is how long a plan can be sent after it was made.
const Life = time.Hour

// MaxListed is how many skips and differences an answer lists.
const MaxListed = 100

// Totals are the numbers of a plan; ByChannel sums to Invitations.
type Totals struct {
	Invitations int             `json:"invitations"`
	Users       int             `json:"users"`
	ByChannel   map[Channel]int `json:"by_channel"`
	// Messages is how many messages will leave: one for each push, one mail
	// for each user who is invited by mail.
	Messages int `json:"messages"`
	// Silent is how many users are enrolled without an invitation.
	Silent  int            `json:"silent"`
	Skipped map[Reason]int `json:"skipped"`
}

// Difference is what changed between a plan and planning again.
type Difference struct {
	Added, Removed           []Target // the first 100 of each
	AddedCount, RemovedCount int
}
