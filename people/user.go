// Package people holds users, groups, devices and who belongs to what: the
// words and rules of the people's side, without any storage.
package people

import (
	"strings"
	"time"
)

// UserState tells how far a user has come with managed distribution.
type UserState string

// The states of a user. Invited means that any provider ever took a delivery
// for the user, whatever followed.
const (
	NotInvited UserState = "not_invited"
	Invited    UserState = "invited"
	Enrolled   UserState = "enrolled"
)

// User is a person with an account.
type User struct {
	ID                  string
	FullName            string
	Email               string // empty: no address known
	Language            string // "nl", "en", or empty for the organization's default
	ManagedAppleAccount string
	ExternalID          string // unique when not empty; person_id of a roster
	// ManagedDistribution is the user's own switch; the switch of any group
	// above counts as well.
	ManagedDistribution bool
	// ContentLocation is the location at Apple (its uId) that the user belongs
	// to; empty: that of the nearest group, or else the first.
	ContentLocation string
	// Disabled users have no services, whatever the switches say: they have left,
	// or are disabled where the organization keeps its people.
	Disabled bool
	// DirectoryID is the directory that the user comes from; empty: Heraut's own.
	DirectoryID string
	State       UserState
	EnrolledAt  time.Time // zero unless State is Enrolled
	CreatedAt   time.Time
	UpdatedAt   time.Time
	// Version grows with every change; the API's ETag is made of it.
	Version int64
}

// Limits of what people may be called, in characters.
const (
	MaxName       = 300
	MaxEmail      = 320
	MaxExternalID = 200
	MaxLocation   = 100
)

// Check tells what is wrong with the user's fields, as a fault with a JSON
// pointer for each.
func (u User) Check() error {
	var c checks
	c.name("/full_name", u.FullName)
	c.email("/email", u.Email)
	c.text("/managed_apple_account", u.ManagedAppleAccount, MaxEmail)
	c.text("/external_id", u.ExternalID, MaxExternalID)
	c.text("/content_location", u.ContentLocation, MaxLocation)
	if u.Language != "" && u.Language != "nl" && u.Language != "en" {
		c.add("/language", "Use nl or en.")
	}
	return c.err()
}

// Clean returns the user with surrounding blanks removed from its fields.
func (u User) Clean() User {
	u.FullName = strings.TrimSpace(u.FullName)
	u.Email = strings.TrimSpace(u.Email)
	u.ManagedAppleAccount = strings.TrimSpace(u.ManagedAppleAccount)
	u.ExternalID = strings.TrimSpace(u.ExternalID)
	u.ContentLocation = strings.TrimSpace(u.ContentLocation)
	return u
}

// Group is a named set of users and groups.
type Group struct {
	ID                  string
	Name                string
	ExternalID          string
	ManagedDistribution bool
	// ContentLocation is the location that members belong to who say nothing
	// else; empty: none.
	ContentLocation string
	// DirectoryID is the directory that the group comes from; empty: Heraut's
	// own.
	DirectoryID string
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// Check tells what is wrong with the group's fields.
func (g Group) Check() error {
	var c checks
	c.name("/name", g.Name)
	c.text("/external_id", g.ExternalID, MaxExternalID)
	c.text("/content_location", g.ContentLocation, MaxLocation)
	return c.err()
}

// GroupCounts is the roll-up of a group: its distinct users through nesting.
type GroupCounts struct {
	Members, NotInvited, Invited, Enrolled int
}

// AllEnrolled tells whether the group has members and all of them enrolled.
func (c GroupCounts) AllEnrolled() bool { return c.Members > 0 && c.Enrolled == c.Members }

// Of is how many members are in a state; empty: all of them.
func (c GroupCounts) Of(state UserState) int {
	switch state {
	case "":
		return c.Members
	case NotInvited:
		return c.NotInvited
	case Invited:
		return c.Invited
	case Enrolled:
		return c.Enrolled
	}
	return 0
}

// Clean returns the group with surrounding blanks removed from its fields.
func (g Group) Clean() Group {
	g.Name = strings.TrimSpace(g.Name)
	g.ExternalID = strings.TrimSpace(g.ExternalID)
	g.ContentLocation = strings.TrimSpace(g.ContentLocation)
	return g
}
