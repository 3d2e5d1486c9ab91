package main

import (
	"errors"
	"fmt"

	"heraut/appsbooks"
	"heraut/content"
)

// accountOf says in our words what Apple says of a user.
func accountOf(u appsbooks.User) content.Account {
	a := content.Account{ClientUserID: u.ClientUserID, State: content.Retired, IDHash: u.IDHash}
	switch u.Status {
	case appsbooks.Registered:
		a.State, a.InviteCode = content.Registered, u.InviteCode
	case appsbooks.Associated:
		a.State = content.Associated
	case appsbooks.Retired, appsbooks.Deleted:
	}
	return a
}

// booksError tells an Apple that does nothing for now from a request that it
// will never do.
func booksError(err error) error {
	if err == nil {
		return nil
	}
	if claimed, ok := errors.AsType[*appsbooks.ClaimedError](err); ok {
		return &content.AwayError{Answer: claimed.Error(), Stop: true, Cause: err}
	}
	e, ok := errors.AsType[*appsbooks.Error](err)
	switch {
	case !ok:
		return fmt.Errorf("asking Apps and Books: %w", err)
	case e.Class == appsbooks.Input:
		return &content.RefusedError{Answer: appleWords(e), Users: e.Info.ClientUserIDs}
	}
	// Without a number nobody knows how far the request came.
	return &content.AwayError{Answer: e.Error(), RetryAfter: e.RetryAfter, Stop: e.Class == appsbooks.Stop, Unsure: e.Number == 0, Cause: err}
}

// readError is booksError for requests that only read: one that Apple refuses
// tells of a trouble between us, and decides about nobody.
func readError(err error) error {
	err = booksError(err)
	if refused, ok := errors.AsType[*content.RefusedError](err); ok {
		return &content.AwayError{Answer: refused.Answer, Cause: err}
	}
	return err
}

// appleWords are Apple's words about one failure.
func appleWords(e *appsbooks.Error) string {
	if e.Number == 0 {
		return fmt.Sprintf("Apple answers with status %d. %s", e.Status, e.Message)
	}
	return fmt.Sprintf("Apple refuses it (%d): %s", e.Number, e.Message)
}

// eventOf says in our words how far Apple is with a request. A FAILED one may
// have done a part; see appsbooks.Event.Results.
func eventOf(e appsbooks.Event) content.Event {
	event := content.Event{State: content.Pending, Failures: map[string]content.Failure{}}
	if e.State != appsbooks.Complete && e.State != appsbooks.Failed {
		return event
	}
	event.State = content.Ended
	event.Unclear = e.State == appsbooks.Failed && (e.Completed == 0 || len(e.Failures) == 0)
	for _, f := range e.Failures {
		for _, id := range f.Info.ClientUserIDs {
			event.Failures[id] = content.Failure{Answer: appleWords(f), Kind: failureKind(f)}
		}
		if len(f.Info.ClientUserIDs) == 0 {
			event.Unclear, event.Answer = true, appleWords(f)
		}
	}
	return event
}

func failureKind(e *appsbooks.Error) content.FailureKind {
	switch e.Number {
	case appsbooks.UserExists:
		return content.FailedExists
	case appsbooks.CannotAssociate, appsbooks.AccountTaken:
		return content.FailedAccount
	case appsbooks.NotEnoughLicenses:
		return content.FailedLicenses
	}
	if e.Class == appsbooks.Input {
		return content.FailedForGood
	}
	return content.FailedForNow
}
