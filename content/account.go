package content

import "time"

// Account is a user of a location as Apple tells. One ClientUserID may have
// several: any number of them Retired, at most one Registered or Associated
// (source: "Managing users").
type Account struct {
	ClientUserID string
	State        AccountState
	// InviteCode opens the acceptance; only Registered accounts have one.
	InviteCode Secret
	// IDHash tells Apple Accounts apart without naming them; only accounts
	// that are or were Associated have one.
	IDHash string
}

// AccountState is how far Apple says that an account has come.
type AccountState string

// The states of an account.
const (
	Registered AccountState = "Registered"
	Associated AccountState = "Associated"
	// Retired accounts have ended; Deleted ones at Apple count as Retired.
	Retired AccountState = "Retired"
)

// NewAccount is a user to register at Apple.
type NewAccount struct {
	UserID string
	// ClientUserID is how Apple knows the user: opaque, and always the same.
	ClientUserID string
	// ManagedAppleAccount associates the user at once, without an invitation;
	// empty for users who are invited.
	ManagedAppleAccount string
}

// RegistrationState is how far Heraut has come with a user at Apple.
type RegistrationState string

// The states of a registration.
const (
	// StateWanted: Apple has to be asked.
	StateWanted RegistrationState = "wanted"
	// StateSubmitted: Apple was asked, and works on it.
	StateSubmitted RegistrationState = "submitted"
	// StateRegistered: the invite code is there.
	StateRegistered RegistrationState = "registered"
	// StateAssociated: the user has accepted, or has a Managed Apple Account.
	StateAssociated RegistrationState = "associated"
	// StateRetiring: Apple has to be asked to end the account.
	StateRetiring RegistrationState = "retiring"
	// StateRetired: the account has ended; the next invitation makes another.
	StateRetired RegistrationState = "retired"
	// StateRefused: Apple does not take the Managed Apple Account; the user is
	// invited like any other.
	StateRefused RegistrationState = "refused"
)

// Registration is what the store knows of a user's account at Apple.
type Registration struct {
	// Location is Apple's uId.
	Location            string
	UserID              string
	ClientUserID        string
	State               RegistrationState
	ManagedAppleAccount string    // what Apple was told; empty: nothing
	EventID             string    // of the latest request to Apple; empty: not known
	SubmittedAt         time.Time // of that request
	// LastAnswer are Apple's words to a request that it refused.
	LastAnswer string
	// AcceptedOrder grows with every acceptance that the store recorded; 0: none.
	AcceptedOrder int64
	AssociatedAt  time.Time // zero: not associated
	UpdatedAt     time.Time
}

// Refusal is why Apple has not registered a user.
type Refusal struct {
	UserID string
	// Answer are Apple's words, with the number of the error.
	Answer string
	// ForGood: with a Managed Apple Account, Apple does not take that; the user
	// is then invited like others. Without one, the user can not be registered.
	// Otherwise Apple is asked again later.
	ForGood bool
}

// Applied is what reading accounts has changed.
type Applied struct {
	// Wake are users whose invitations were settled, or go again with another
	// code: their workflows must look.
	Wake []string
	// SettledSends are group sends whose last open invitation was settled.
	SettledSends []string
	// Enrolled are the users whose acceptance was recorded, in that order.
	Enrolled []string
	// Retired counts accounts that have ended at Apple.
	Retired int
}

// Cursor is how far a location's users have been read.
type Cursor struct {
	// Version is for the next reading of changes alone; empty: read all.
	Version string
	// FullAt is when all were read last; zero: never.
	FullAt time.Time
}

// After a request for an account, Apple is not asked again for these times:
// Lost where nobody knows whether the request arrived, for its process died,
// and Stuck where Apple works on it (source: "Subscribing to notifications").
const (
	Lost  = time.Minute
	Stuck = 10 * time.Minute
)
