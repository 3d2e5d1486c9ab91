package appsbooks

import (
	"context"
	"net/http"
	"net/url"
)

// UserStatus is how far a user has come (source: "Managing users").
type UserStatus string

// The statuses.
const (
	// Registered users have an invite code and no Apple Account yet.
	Registered UserStatus = "Registered"
	// Created is what one of Apple's pages calls Registered.
	Created UserStatus = "Created"
	// Associated users have accepted, or have a Managed Apple Account.
	Associated UserStatus = "Associated"
	// Retired users were retired by a management service.
	Retired UserStatus = "Retired"
	// Deleted users are older records that a new one has replaced.
	Deleted UserStatus = "Deleted"
)

func (s UserStatus) active() bool { return s == Registered || s == Created || s == Associated }

// NewUser is a user to create or to update.
type NewUser struct {
	// ClientUserID is ours: unique in the location, never changed, and it
	// tells nothing about the person.
	ClientUserID string `json:"clientUserId"`
	Email        string `json:"email,omitempty"`
	// ManagedAppleID associates the user at once, without an invitation.
	ManagedAppleID string `json:"managedAppleId,omitempty"`
}

// User is a user as the service tells. One ClientUserID may have several: any
// number of them Retired, at most one Registered or Associated.
type User struct {
	ClientUserID   string     `json:"clientUserId"`
	Email          string     `json:"email"`
	ManagedAppleID string     `json:"managedAppleId"`
	InviteCode     Secret     `json:"inviteCode"`
	IDHash         string     `json:"idHash"` // tells Apple Accounts apart, without naming them
	Status         UserStatus `json:"status"`
}

type usersBody struct {
	Users []NewUser `json:"users"`
}

// CreateUsers registers users, in as few requests as the limits allow. A user
// that exists comes back in the event as UserExists; look it up then. With an
// error the submissions made before it are returned and stand.
func (c *Client) CreateUsers(ctx context.Context, users []NewUser) ([]Submission, error) {
	return c.submitUsers(ctx, createCall, users)
}

// UpdateUsers changes the address or the Managed Apple Account of users.
func (c *Client) UpdateUsers(ctx context.Context, users []NewUser) ([]Submission, error) {
	return c.submitUsers(ctx, updateCall, users)
}

// RetireUsers ends users, and their licenses that can be revoked.
func (c *Client) RetireUsers(ctx context.Context, clientUserIDs []string) ([]Submission, error) {
	users := make([]NewUser, len(clientUserIDs))
	for i, id := range clientUserIDs {
		users[i].ClientUserID = id
	}
	return c.submitUsers(ctx, retireCall, users)
}

func (c *Client) submitUsers(ctx context.Context, call string, users []NewUser) ([]Submission, error) {
	seen := make(map[string]bool, len(users))
	for _, u := range users {
		// Apple would refuse the two in one request and take them in two.
		if seen[u.ClientUserID] {
			return nil, &Error{
				Call: pathOf(call)[1:], Number: DuplicateUsers, Class: Input, Status: http.StatusBadRequest,
				Message: "a user is named twice", Info: ErrorInfo{ClientUserIDs: []string{u.ClientUserID}},
			}
		}
		seen[u.ClientUserID] = true
	}
	return submit(ctx, c, users, splitUsers, func(ctx context.Context, chunk []NewUser) (Submission, error) {
		return c.post(ctx, call, usersBody{chunk}, Submission{ClientUserIDs: idsOf(chunk)})
	})
}

func idsOf(users []NewUser) []string {
	ids := make([]string, len(users))
	for i, u := range users {
		ids[i] = u.ClientUserID
	}
	return ids
}

// UserQuery chooses users. The zero value is all of them.
type UserQuery struct {
	ClientUserID string
	// ActiveOnly leaves out Retired and Deleted users, RetiredOnly the others.
	ActiveOnly, RetiredOnly bool
	// Since is the version of an earlier reading: users that have changed
	// since then. One that Apple no longer knows is BadVersion; read all then.
	Since string
}

func (q UserQuery) values() url.Values {
	v := url.Values{}
	set(v, "clientUserId", q.ClientUserID)
	set(v, "sinceVersionId", q.Since)
	if q.ActiveOnly {
		v.Set("activeOnly", "true")
	}
	if q.RetiredOnly {
		v.Set("retiredOnly", "true")
	}
	return v
}

func set(v url.Values, name, value string) {
	if value != "" {
		v.Set(name, value)
	}
}

// Users reads users page by page and hands each page to visit, in Apple's
// order. The version is that of the reading's beginning, for the next one's
// Since; it counts only when err is nil.
func (c *Client) Users(ctx context.Context, q UserQuery, visit func([]User) error) (version string, err error) {
	return walk(ctx, c, usersCall, q.values(), func(p usersPage) error { return visit(p.Users) })
}

type usersPage struct {
	pageMark

	Users []User `json:"users"`
}

func (p usersPage) listed() bool { return p.Users != nil }

// ActiveUser looks up the Registered or Associated user of an id.
func (c *Client) ActiveUser(ctx context.Context, clientUserID string) (u User, found bool, err error) {
	_, err = c.Users(ctx, UserQuery{ClientUserID: clientUserID, ActiveOnly: true}, func(page []User) error {
		for _, one := range page {
			if one.ClientUserID == clientUserID && one.Status.active() {
				u, found = one, true
			}
		}
		return nil
	})
	return u, found, err
}
