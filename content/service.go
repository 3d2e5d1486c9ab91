package content

import (
	"errors"
	"time"
)

// AwayError says that Apple's service does nothing for us at the moment:
// nothing was decided about any user. It holds no secret.
type AwayError struct {
	// Answer are Apple's words, or what broke, on one line.
	Answer string
	// RetryAfter is how long to wait; 0 when it is not known. Asked: Apple has
	// asked for that, and everybody who asks about the location has to.
	RetryAfter time.Duration
	Asked      bool
	// Stop: nothing works before an administrator acts, as after the end of
	// the content token.
	Stop bool
	// Refused is the number of Apple's error where it does not take the content
	// token any more (9601, 9621, 9625), else 0.
	Refused int
	// Alone: the trouble is that of one request, as far as is known, and other
	// requests may well work (9603, 9602).
	Alone bool
	// Unsure: the connection broke, and the request may have arrived.
	Unsure bool
	Cause  error
}

// Error implements error.
func (e *AwayError) Error() string { return "Apps and Books is away: " + e.Answer }

// Unwrap gives the cause.
func (e *AwayError) Unwrap() error { return e.Cause }

// ErrBadVersion is a Cursor's version that Apple does not know any more: read
// all.
var ErrBadVersion = errors.New("the version is not known any more")

// EventState is how far Apple is with a request that it has taken.
type EventState string

// The states of an event.
const (
	Pending EventState = "pending"
	// Ended: complete, or failed in part or in whole; see Event.Failures.
	Ended EventState = "ended"
	// Forgotten: Apple does not know the event any more.
	Forgotten EventState = "forgotten"
)

// Event is a request that Apple works on.
type Event struct {
	State EventState
	// Failures are the users for whom it failed, by ClientUserID; who is not
	// there has succeeded, unless Unclear is set: then read what came of it.
	Failures map[string]Failure
	Unclear  bool
	// Answer are Apple's words where they name nobody.
	Answer string
}

// Taken is a request for accounts that Apple has taken, and works on.
type Taken struct {
	EventID  string
	Accounts []NewAccount
}

// Failure is why a request failed for one user.
type Failure struct {
	// Answer are Apple's words, with the number of the error.
	Answer string
	Kind   FailureKind
}

// FailureKind says what a failure means for what happens next.
type FailureKind string

// The kinds of failures.
const (
	// FailedExists: the account is there already; read it (9716).
	FailedExists FailureKind = "exists"
	// FailedAccount: the Managed Apple Account is not taken (9635, 9641).
	FailedAccount FailureKind = "account"
	// FailedLicenses: not enough licenses are left (9709).
	FailedLicenses FailureKind = "licenses"
	// FailedForNow: the same request may work later.
	FailedForNow FailureKind = "for_now"
	// FailedForGood: the same request never works.
	FailedForGood FailureKind = "for_good"
)
