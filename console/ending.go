package console

import (
	"context"
	"net/http"
	"strconv"

	"heraut/fault"
	"heraut/invitation"
)

// endingStore tells what changes would end that take the services from users.
type endingStore interface {
	EndingWithUser(ctx context.Context, userID string) (invitation.Ending, error)
	EndingWithGroup(ctx context.Context, groupID string) (invitation.Ending, error)
	EndingWithMembers(ctx context.Context, groupID string, userIDs, groupIDs []string) (invitation.Ending, error)
}

// ending is the question before a change that ends open invitations: it is
// confirmed by the version of what is changed and by the number of them.
type ending struct {
	// What is the change: off or leave, for its words.
	What string
	// ID and Name are of the user or group that is changed.
	ID, Name string
	// Action is where the form goes, and Back where one stays away from it.
	Action, Back string
	Version      int64
	Fields       []field
	// Invitations are the open ones that end, UserIDs whose they are.
	Invitations int
	UserIDs     []string
	// Was is how many there were when it was confirmed; 0: it was not yet.
	Was int
}

// endingFields are what the form of the question confirms.
var endingFields = []string{"version", "count"}

// confirmed tells whether the change may be made: nothing ends by it, or the
// form says how many invitations do.
func (e *ending) confirmed(f form) bool {
	if e.Invitations == 0 {
		return true
	}
	count, err := strconv.Atoi(f.Values["count"])
	if err != nil || count < 1 {
		return false
	}
	if count == e.Invitations {
		return true
	}
	e.Was = count
	return false
}

// version is the one that was confirmed; nil: nothing ends, and nothing had to
// be confirmed.
func (e *ending) version(f form) *int64 {
	if e.Invitations == 0 {
		return nil
	}
	return versionOf(f)
}

// overtaken tells that somebody changed meanwhile what was confirmed, so that
// the question is asked about what is true now.
func (e *ending) overtaken(err error) bool {
	if e.Invitations == 0 || !fault.Is(err, fault.PreconditionFailed) {
		return false
	}
	e.Was = e.Invitations
	return true
}

// status is a conflict where the answer to the question came too late.
func (e *ending) status() int {
	if e.Was > 0 {
		return http.StatusConflict
	}
	return http.StatusOK
}

// maxWoken is how many workflows hear of their users' ended invitations while
// a person waits; Reconcile finds the others within minutes.
const maxWoken = 100

// ended tells workflows that their users have nothing open any more.
func (v *visit) ended(e ending) {
	v.counts.forget()
	for _, id := range e.UserIDs[:min(len(e.UserIDs), maxWoken)] {
		v.Office.UserChanged(v.ctx(), id)
	}
}
