package content

import "time"

// LicenseState is how far a user is with an app or a book.
type LicenseState string

// The states of a license.
const (
	// LicenseWaiting: for a seat, or for its turn.
	LicenseWaiting LicenseState = "waiting"
	// LicenseClaimed: part of a request to Apple that gives it.
	LicenseClaimed LicenseState = "claimed"
	// LicenseTaken: the user has it.
	LicenseTaken LicenseState = "taken"
	// LicenseKept: a book that nobody promises any more and nobody can take back.
	LicenseKept LicenseState = "kept"
	// LicenseReleasing: to be taken back.
	LicenseReleasing LicenseState = "releasing"
	// LicenseReleased: taken back.
	LicenseReleased LicenseState = "released"
	// LicenseRefused: Apple does not give it to this user.
	LicenseRefused LicenseState = "refused"
	// LicenseWithdrawn: no longer promised before the user got it.
	LicenseWithdrawn LicenseState = "withdrawn"
)

// License is one app or book of one user, promised, held or given back.
type License struct {
	AssetRef

	ID       string
	Location string // where at Apple
	Type     AssetType
	Name     string // of the asset; empty: not known
	UserID   string
	FullName string
	State    LicenseState
	// WaitingFor is why nothing happens: "license" for a seat, "retry" while
	// Apple does not answer; empty otherwise.
	WaitingFor string
	// LastAnswer are Apple's words, or why the license is kept.
	LastAnswer string
	CreatedAt  time.Time
	SettledAt  time.Time // zero: open
}

// What an open license waits for, beside its turn.
const (
	WaitingForLicense = "license"
	WaitingForRetry   = "retry"
)

// LicenseFilter narrows a list of licenses; empty fields do not.
type LicenseFilter struct {
	UserID  string
	GroupID string // members through nesting
	// Oldest: of active ones the oldest first instead of the newest.
	Oldest bool
}

// Holders are who has an app or a book at Apple.
type Holders struct {
	// Users are the client user ids of active accounts, Former those of
	// accounts that have ended: they keep books. Who has accepted anew with
	// another Apple Account may be among both.
	Users, Former []string
	// Devices counts devices.
	Devices int
}

// BatchKind is what a batch does.
type BatchKind string

// The kinds of batches.
const (
	Associate    BatchKind = "associate"
	Disassociate BatchKind = "disassociate"
)

// Batch is one request about one asset. It is kept before Apple is asked, so
// that who dies in between looks before asking again.
type Batch struct {
	AssetRef

	ID   string
	Kind BatchKind
	// Submission is what Apple has said to the request; zero: not known whether
	// it was asked.
	Submission Submission
	// Members are who gets or loses the asset, in the order of acceptance.
	Members []Member
}

// Member is one user of a batch.
type Member struct{ LicenseID, ClientUserID string }

// ClientUserIDs are the members as Apple knows them, in their order.
func (b Batch) ClientUserIDs() []string {
	ids := make([]string, len(b.Members))
	for i, m := range b.Members {
		ids[i] = m.ClientUserID
	}
	return ids
}

// Submission is a request that Apple has taken; it works on it afterwards.
type Submission struct {
	EventID string
	At      time.Time
}

// Holding is what is known of a user and an asset after a request.
type Holding string

// The holdings.
const (
	// Has it.
	Has Holding = "has"
	// HasNot got it.
	HasNot Holding = "has_not"
	// Barred: Apple will not do it for this user.
	Barred Holding = "barred"
	// Unclear: look at Apple's list of who has the asset.
	Unclear Holding = "unclear"
)

// Outcome is what became of one member of a batch.
type Outcome struct {
	Member

	Holding Holding
	Answer  string // Apple's words; empty: none
}

// All is the same outcome for every member.
func (b Batch) All(h Holding, answer string) []Outcome {
	outcomes := make([]Outcome, len(b.Members))
	for i, m := range b.Members {
		outcomes[i] = Outcome{Member: m, Holding: h, Answer: answer}
	}
	return outcomes
}

// Undone is the holding of a member for whom a batch did nothing.
func (k BatchKind) Undone() Holding {
	if k == Disassociate {
		return Has
	}
	return HasNot
}

// LicenseWork is what there is to do about an asset.
type LicenseWork struct {
	AssetRef

	// Open: a batch has not ended.
	Open bool
	// Waiting and Releasing count users, Available what Apple has left.
	Waiting, Releasing, Available int
	// Drift: Apple counts other licenses of the asset than we do.
	Drift bool
}

// Idle tells whether there is nothing that Apple could do now.
func (w LicenseWork) Idle() bool {
	return !w.Open && !w.Drift && w.Releasing == 0 && (w.Waiting == 0 || w.Available == 0)
}

// Done is the holding of a member for whom a batch did what it is for.
func (k BatchKind) Done() Holding {
	if k == Disassociate {
		return HasNot
	}
	return Has
}

// PlannedLicenses counts what planning has changed.
type PlannedLicenses struct{ Waiting, Releasing, Settled int }

// RefusedError says that Apple will never do what one request asks. Nothing
// was done.
type RefusedError struct {
	// Answer are Apple's words, with the number of the error.
	Answer string
	// Users are the client user ids that it is about; often none.
	Users []string
}

// Error implements error.
func (e *RefusedError) Error() string { return "Apps and Books refuses a request: " + e.Answer }
