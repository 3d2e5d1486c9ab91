package invitation

import "time"

// DeliveryState is where one delivery stands.
type DeliveryState string

// The states of a delivery. Transmitting is committed just before DATA or the
// push request, so that a kill can be told from a delivery that never left.
const (
	Claimed      DeliveryState = "claimed"
	Transmitting DeliveryState = "transmitting"
	TakenByIt    DeliveryState = "accepted"
	RefusedByIt  DeliveryState = "refused"
	UnknownToUs  DeliveryState = "unknown"
	// Withdrawn is a claim that never left: its invitations were settled first.
	Withdrawn DeliveryState = "withdrawn"
)

// UnknownWait is how long a mail whose fate is unknown waits until it goes out
// once more, with the same Message-ID and link.
const UnknownWait = 10 * time.Minute

// Message is one claimed delivery, with everything that its channel needs. It
// never enters a workflow's history.
type Message struct {
	DeliveryID string
	// SendKey never contains a try number; Message-ID, apns-id and collapse id
	// are derived from it.
	SendKey      string
	Channel      Channel
	Number       int // 0 the first delivery, n reminder n
	UserID       string
	FullName     string
	Address      string
	Language     string // empty: the organization's default
	InvitationID string // the one whose link the message carries
	LinkHash     []byte // of that link
	Devices      []DeviceName
	ExpiresAt    time.Time
	Topic        string
	Token        string
	PushMagic    string // by MDM only
	// EnrollmentID names the channel of the device that a command is queued
	// for; by MDM only.
	EnrollmentID string
}

// Reminder tells whether the message repeats an earlier one.
func (m Message) Reminder() bool { return m.Number > 0 }

// Result is what became of one claimed delivery.
type Result struct {
	DeliveryID string
	Outcome    Outcome
}

// Route names a way out that can be down, or limited, as a whole.
type Route string

// The routes.
const (
	RouteMail  Route = "mail"
	RouteMDM   Route = "push_mdm"
	RouteAlert Route = "push_alert"
	// RouteBooks is no channel's: where users are registered before a first
	// delivery. Each location is a route by itself, see BooksRoute; of this one
	// it can only be asked whether any of them is down.
	RouteBooks Route = "apps_and_books"
)

// BooksRoute is the route to Apps and Books with the content token of a
// location.
func BooksRoute(location string) Route { return RouteBooks + "/" + Route(location) }

// RouteOf tells the route of a channel.
func RouteOf(c Channel) Route {
	switch c {
	case ChannelMDM:
		return RouteMDM
	case ChannelAlert:
		return RouteAlert
	default:
		return RouteMail
	}
}

// RouteState is what is known of a route: kept in the store, so that all
// workers wait behind one probe.
type RouteState struct {
	Route       Route
	DownSince   time.Time // zero: the route is up
	Reason      string
	NextProbeAt time.Time
	// HeldUntil: the other side has asked everybody to wait that long; zero:
	// it has not.
	HeldUntil time.Time
	// LimitedUntil: this minute's mails are used up; zero: they are not.
	LimitedUntil time.Time
}

// PausedUntil is when something may leave by the route again: it is down until
// its next probe, or this minute's limit is used up. Zero: it may leave now.
func (s RouteState) PausedUntil() time.Time {
	if !s.DownSince.IsZero() && s.NextProbeAt.After(s.LimitedUntil) {
		return s.NextProbeAt
	}
	return s.LimitedUntil
}

// Page is a range of a plan's targets that has been written as invitations.
type Page struct {
	// Next is where the following page begins.
	Next int
	// Last tells that no page follows.
	Last bool
	// Halt tells why nothing may leave now: the send is paused or over.
	Halt Halt
}

// Halt tells why a send's work stands still.
type Halt string

// The reasons for a halt.
const (
	HaltNone   Halt = ""
	HaltPaused Halt = "paused"
	// HaltOver: all of the send's invitations are settled.
	HaltOver Halt = "over"
	// HaltCancelled: the send was cancelled.
	HaltCancelled Halt = "cancelled"
)

// Next is what a user's open invitations ask for next.
type Next struct {
	// Done: nothing is open.
	Done bool
	// Due: a delivery is due now.
	Due bool
	// At is the instant of the next delivery or expiry.
	At time.Time
}

// Start is what starting a user's workflow needs.
type Start struct {
	UserID   string
	FullName string
	Devices  []string // names
	SendID   string
	GroupID  string
	// Since is when the oldest of the invitations was written.
	Since time.Time
	// Deliver: the first delivery is the workflow's own; otherwise the page's.
	Deliver bool
	At      time.Time // when not Deliver: the next due time
	// Due is when each delivery, answer and end of the invitations is due.
	Due []time.Time
	// Woken is for which of them Reconcile last woke the workflow; zero if never.
	Woken time.Time
}

// Late is the last due moment that is over for longer than a time; zero if
// none is.
func (s Start) Late(now time.Time, after time.Duration) time.Time {
	var late time.Time
	for _, due := range s.Due {
		if now.Sub(due) > after && due.After(late) {
			late = due
		}
	}
	return late
}

// Told is a user or send whose workflow was told, and of which moment.
type Told struct {
	ID  string
	For time.Time
}

// RunningSend is a group send that is not over, as Reconcile reads it.
type RunningSend struct {
	ID string
	// Since is when it was confirmed.
	Since time.Time
	// Resumed is when a pause last ended; zero if there was none.
	Resumed time.Time
	// Woken is for which end of a pause Reconcile last woke the workflow.
	Woken time.Time
}

// UserWorkflowID is the id of a user's workflow; it is opaque.
func UserWorkflowID(userID string) string { return "invite-user-" + userID }

// GroupWorkflowID is the id of a group send's workflow.
func GroupWorkflowID(sendID string) string { return "invite-group-" + sendID }

// WorkflowID is the id of the workflow that runs a send.
func WorkflowID(s Send) string {
	if s.GroupID != "" {
		return GroupWorkflowID(s.ID)
	}
	return UserWorkflowID(s.UserID)
}

// Claim is what a deliver activity may send now.
type Claim struct {
	Messages []Message
	// Halt tells that the send is paused or over.
	Halt Halt
	// Next is what the user's invitations ask for; only claims for one user
	// that found nothing due fill it.
	Next Next
}

// Recorded is what recording found and did.
type Recorded struct {
	Next Next
	// SettledSends are group sends whose last open invitation was settled here.
	SettledSends []string
}

// RouteTurn is the answer to asking for a route. Up: go ahead with everything.
// Probe: try one message. Neither: ask again after Wait.
type RouteTurn struct {
	Up, Probe bool
	Wait      time.Duration
	Reason    string
}

// Decided is whom to tell of a decision that the store has taken. An empty
// UserID: the user's workflow has nothing new to look at.
type Decided struct {
	UserID string
	// SettledSends are group sends whose last open invitation this was.
	SettledSends []string
}

// Woken are those whose workflows must look after a change to a device.
type Woken struct {
	Users []string
	// Sends are group sends that are over by it.
	Sends []string
}
