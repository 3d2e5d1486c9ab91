package appsbooks

import (
	"errors"
	"fmt"

	"heraut/content"
)

// Account says in the words of the domain what Apple says of a user; ok is
// false for a status that is not known. Of that nothing follows: an end that
// was none would take licenses back.
func (u User) Account() (a content.Account, ok bool) {
	a = content.Account{ClientUserID: u.ClientUserID, IDHash: u.IDHash}
	switch u.Status {
	case Registered, Created:
		a.State, a.InviteCode = content.Registered, u.InviteCode
	case Associated:
		a.State = content.Associated
	case Retired, Deleted:
		a.State = content.Retired
	default:
		return content.Account{}, false
	}
	return a, true
}

// Explain tells an Apple that does nothing for now, a content.AwayError, from a
// request that it will never do, a content.RefusedError.
func Explain(err error) error {
	if err == nil {
		return nil
	}
	if claimed, ok := errors.AsType[*ClaimedError](err); ok {
		// The answer was read, so the request may have been taken.
		return &content.AwayError{Answer: claimed.Error(), Stop: true, Unsure: true, Cause: err}
	}
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return fmt.Errorf("asking Apps and Books: %w", err)
	case e.Class == Input:
		return &content.RefusedError{Answer: e.words(), Users: e.Info.ClientUserIDs}
	}
	// Without a number nobody knows how far the request came.
	away := &content.AwayError{
		Answer: e.Error(), RetryAfter: e.RetryAfter, Asked: e.asked,
		Stop: e.Class == Stop, Alone: e.Number == InternalError && !e.asked, Unsure: e.Number == 0, Cause: err,
	}
	switch e.Number {
	case LoginRequired, TokenExpired, TokenRevoked:
		away.Refused = e.Number
	}
	return away
}

// ExplainReading is Explain for requests that only read: one that Apple refuses
// tells of a trouble between us, and decides about nobody.
func ExplainReading(err error) error {
	err = Explain(err)
	if refused, ok := errors.AsType[*content.RefusedError](err); ok {
		return &content.AwayError{Answer: refused.Answer, Alone: true, Cause: err}
	}
	return err
}

// words are Apple's words about one failure.
func (e *Error) words() string {
	if e.Number == 0 {
		return fmt.Sprintf("Apple answers with status %d. %s", e.Status, e.Message)
	}
	return fmt.Sprintf("Apple refuses it (%d): %s", e.Number, e.Message)
}

// Content says in the words of the domain how far Apple is with a request. A
// FAILED one may have done a part; see Results.
func (e Event) Content() content.Event {
	event := content.Event{State: content.Pending, Failures: map[string]content.Failure{}}
	if e.State != Complete && e.State != Failed {
		return event
	}
	event.State = content.Ended
	event.Unclear = e.State == Failed && (e.Completed == 0 || len(e.Failures) == 0)
	for _, f := range e.Failures {
		for _, id := range f.Info.ClientUserIDs {
			event.Failures[id] = content.Failure{Answer: f.words(), Kind: f.kind()}
		}
		if len(f.Info.ClientUserIDs) == 0 {
			event.Unclear, event.Answer = true, f.words()
		}
	}
	return event
}

// kind tells what a failure of an event means.
func (e *Error) kind() content.FailureKind {
	switch e.Number {
	case UserExists:
		return content.FailedExists
	case CannotAssociate, AccountTaken:
		return content.FailedAccount
	case NotEnoughLicenses:
		return content.FailedLicenses
	}
	if e.Class == Input {
		return content.FailedForGood
	}
	return content.FailedForNow
}
