package activities

import (
	"context"
	"time"

	"heraut/content"
)

// Books is Apps and Books where users are registered, one client for each
// content token. Whatever keeps Apple from deciding comes as a
// *content.AwayError; nothing is then known of any user.
type Books interface {
	// Locations lists the locations of the content tokens that are installed,
	// the first one first; none: people accept on Heraut's own page.
	Locations(ctx context.Context) ([]string, error)
	// BatchSize is how many users one request may hold.
	BatchSize(ctx context.Context, location string) (int, error)
	// Register asks Apple to make accounts, at most BatchSize: in one request,
	// or several where the limits have just changed. With an error, what was
	// taken before it stands. What Apple will never do is a
	// *content.RefusedError.
	Register(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error)
	// Update tells Apple the Managed Apple Accounts of users that it knows.
	Update(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error)
	// Retire ends accounts. Those that Apple does not know (any more) come back
	// as gone, also with an error; eventID is empty when that is all of them.
	// What Apple will never do is a *content.RefusedError.
	Retire(ctx context.Context, location string, accounts []content.NewAccount) (eventID string, gone []string, err error)
	// Event tells how far Apple is.
	Event(ctx context.Context, location, eventID string) (content.Event, error)
	// Accounts reads the accounts that changed since a version, or all when it
	// is empty, page by page in Apple's order. An old version is
	// content.ErrBadVersion.
	Accounts(ctx context.Context, location, since string, visit func([]content.Account) error) (version string, err error)
	// Account looks up one user's active account.
	Account(ctx context.Context, location, clientUserID string) (account content.Account, found bool, err error)
}

// Registrations is the store as registering users at Apple needs it; see there
// for what each does. Each method is one transaction and safe to repeat.
type Registrations interface {
	Unregistered(ctx context.Context, location, sendID string, from, to, limit int) (list []content.NewAccount, within int, err error)
	UserUnregistered(ctx context.Context, location, userID string) (account content.NewAccount, ok bool, err error)
	WantedAccounts(ctx context.Context, location string, limit int) ([]content.NewAccount, error)

	ClaimAccounts(ctx context.Context, location string, accounts []content.NewAccount) (mine []content.NewAccount, err error)
	SubmitAccounts(ctx context.Context, location string, accounts []content.NewAccount, eventID string) error
	ReleaseAccounts(ctx context.Context, location string, accounts []content.NewAccount) error
	Submitted(ctx context.Context, location string, users []string) ([]content.Registration, error)
	ClaimRetiring(ctx context.Context, location string, limit int) ([]content.NewAccount, error)
	RefuseRetiring(ctx context.Context, location string, users []string, answer string) error

	MoveAccounts(ctx context.Context) (moved int, err error)
	TokenRefused(ctx context.Context, location string, number int, words string) error

	ApplyAccounts(ctx context.Context, location string, accounts []content.Account) (content.Applied, error)
	RefuseAccounts(ctx context.Context, location string, refusals []content.Refusal) (content.Applied, error)
	UsersVersion(ctx context.Context, location string) (content.Cursor, error)
	KeepUsersVersion(ctx context.Context, location, version string, full bool) error
}

// Pace is how often Apple is asked while it works on a registration.
type Pace struct {
	// Read is the first wait before the accounts are read, which doubles up to
	// ReadMost: codes come with that, and no rule of Apple's is against it.
	Read, ReadMost time.Duration
	// Ask is the wait before, and between, questions about an event. Apple
	// wants 30 s (source: "Subscribing to notifications").
	Ask time.Duration
	// Hold is how long an activity stays before it gives up its place, and
	// comes back later.
	Hold time.Duration
}

// ApplePace is the pace that Apple allows.
func ApplePace() Pace {
	return Pace{Read: 250 * time.Millisecond, ReadMost: 8 * time.Second, Ask: 30 * time.Second, Hold: time.Minute}
}
