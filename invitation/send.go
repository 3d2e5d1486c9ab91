package invitation

import "time"

// SendState is where a send stands.
type SendState string

// The states of a send.
const (
	SendRunning   SendState = "running"
	SendPaused    SendState = "paused"
	SendSettled   SendState = "settled"
	SendCancelled SendState = "cancelled"
)

// Send is a confirmed plan; it runs as one workflow for the user or group.
type Send struct {
	ID         string
	PlanID     string
	UserID     string // of the plan; empty for a group
	GroupID    string
	State      SendState
	WorkflowID string
	// Counts is by invitation state and always sums to the plan's invitations.
	Counts    map[State]int
	Schedule  Schedule
	CreatedAt time.Time
	SettledAt time.Time
}

// Invitation is one (user, device) pair, or (user, no device) for mail alone.
type Invitation struct {
	ID      string
	User    Person
	Device  *DeviceName // nil: by mail, without a device
	Channel Channel
	State   State
	// Attempts counts deliveries that went on the wire or were refused before it.
	Attempts     int
	WaitingFor   WaitingFor // empty once settled
	NextActionAt time.Time  // zero: nothing is planned
	LastAnswer   string
	CreatedAt    time.Time
	SentAt       time.Time
	ExpiresAt    time.Time
	SettledAt    time.Time
	WorkflowID   string
	SendIDs      []string
	// Marked tells that the person asked for a new link on the expired page.
	Marked bool
}

// Person is how an invitation names its user.
type Person struct{ ID, FullName string }

// DeviceName is how an invitation names its device: by the name at enrollment.
type DeviceName struct{ ID, Name, Platform string }

// Event is one line of an invitation's timeline.
type Event struct {
	At      time.Time
	What    string
	Channel Channel
	Answer  string
	Actor   string
}

// Enrollment is the record that a user is enrolled.
type Enrollment struct {
	UserID     string
	FullName   string
	EnrolledAt time.Time
	Source     Source
	// Location is where at Apple (its uId); empty: on Heraut's own page.
	Location string
}

// Source tells how Heraut learned that a user accepted.
type Source string

// The sources of an acceptance.
const (
	SourcePage Source = "invitation_page"
	SourceAPI  Source = "api"
	// SourceBooks: Apple says that the user is associated.
	SourceBooks Source = "apps_and_books"
)
