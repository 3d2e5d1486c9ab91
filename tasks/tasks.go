// Package tasks makes one list of two kinds of work: invitations, and the apps
// and books that enrolled users get. The API and the console list them alike.
package tasks

import (
	"time"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// Task is one line of the list: an invitation or a license, never both.
type Task struct {
	Invitation *invitation.Invitation
	License    *content.License
}

// ID is the invitation's or the license's.
func (t Task) ID() string {
	if t.License != nil {
		return t.License.ID
	}
	return t.Invitation.ID
}

// SettledAt is when it ended; zero: it is an active task.
func (t Task) SettledAt() time.Time {
	if t.License != nil {
		return t.License.SettledAt
	}
	return t.Invitation.SettledAt
}

// settledLayout has a fixed width, so that text sorts by time.
const settledLayout = "2006-01-02T15:04:05.000000Z"

// Place is where the task stands in a list by age or by the time of its end:
// open work goes by id alone.
func (t Task) Place() people.Cursor {
	settled := t.SettledAt()
	if settled.IsZero() {
		return people.Cursor{ID: t.ID()}
	}
	return people.Cursor{Key: settled.UTC().Format(settledLayout), ID: t.ID()}
}
