package invitation

import "time"

// Member is a member of a group with what a list by state tells of one.
type Member struct {
	Person

	// Devices are those assigned now, by name.
	Devices []DeviceName
	// EnrolledAt and Source tell when and how; zero for who is not enrolled.
	EnrolledAt time.Time
	Source     Source
	// Last is the newest invitation; nil: never invited.
	Last *LastInvitation
}

// LastInvitation is the newest invitation of a user.
type LastInvitation struct {
	ID         string
	Channel    Channel
	State      State
	WaitingFor WaitingFor // as it is kept: routes and pauses are not looked at
	CreatedAt  time.Time
	SentAt     time.Time // zero: not sent yet
	SettledAt  time.Time // zero: open
}

// NamedTarget is a target of a plan with its names.
type NamedTarget struct {
	InvitationID string
	User         Person
	Device       *DeviceName // nil: by mail, without a device
	Channel      Channel
}

// NamedSkip is who or what a plan leaves out, with names.
type NamedSkip struct {
	User   Person
	Device *DeviceName // nil: the user as a whole
	Reason Reason
}
