package appsbookssim

import (
	"cmp"
	"encoding/json"
	"strings"

	"github.com/google/uuid"
)

// User is a user as the service tells.
type User struct {
	ClientUserID   string `json:"clientUserId"`
	Email          string `json:"email,omitempty"`
	ManagedAppleID string `json:"managedAppleId,omitempty"`
	InviteCode     string `json:"inviteCode,omitempty"`
	IDHash         string `json:"idHash,omitempty"`
	Status         string `json:"status"` // Registered, Associated, Retired
}

// user is one record; an id may have several, at most one of them active.
type user struct {
	User

	changed int
}

const (
	registered = "Registered"
	associated = "Associated"
	retired    = "Retired"
)

func (u *user) active() bool { return u.Status != retired }

// shown is what the service tells: an invite code only while it is open.
func (u *user) shown() User {
	shown := u.User
	if u.Status != registered {
		shown.InviteCode = ""
	}
	return shown
}

func (l *location) active(clientUserID string) *user {
	for _, u := range l.users {
		if u.ClientUserID == clientUserID && u.active() {
			return u
		}
	}
	return nil
}

// Users lists the users of an organization's location, retired ones too.
func (s *Server) Users(org string) []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []User
	for _, u := range s.location(org).users {
		list = append(list, u.shown())
	}
	return list
}

func getUsers(c *call) (map[string]any, *failure) {
	q := c.request.URL.Query()
	since, refused := c.since()
	if refused != nil {
		return nil, refused
	}
	list := []User{}
	for _, u := range c.location.users {
		wanted := u.changed > since &&
			(q.Get("clientUserId") == "" || q.Get("clientUserId") == u.ClientUserID) &&
			(q.Get("activeOnly") != "true" || u.active()) &&
			(q.Get("retiredOnly") != "true" || !u.active())
		if wanted {
			list = append(list, u.shown())
		}
	}
	return pageOf(c, "users", list, true)
}

// usersBody is the body of create, update and retire.
type usersBody struct {
	Users []struct {
		ClientUserID   string `json:"clientUserId"`
		Email          string `json:"email"`
		ManagedAppleID string `json:"managedAppleId"`
	} `json:"users"`
}

func (c *call) readUsers() (wanted []User, refused *failure) {
	var b usersBody
	if err := json.Unmarshal(c.body, &b); err != nil {
		return nil, refuse(9602)
	}
	c.elements = len(b.Users)
	switch {
	case len(b.Users) == 0:
		return nil, refuse(9720)
	case len(b.Users) > c.server.limits["maxUsers"]:
		return nil, refuse(9714)
	}
	seen := map[string]bool{}
	for _, u := range b.Users {
		info := &errorInfo{ClientUserIDs: []string{u.ClientUserID}}
		switch {
		case u.ClientUserID == "":
			return nil, refuse(9602)
		case seen[u.ClientUserID]:
			return nil, &failure{9715, info}
		case u.Email != "" && (strings.Count(u.Email, "@") != 1 || strings.ContainsAny(u.Email, " \r\n")):
			return nil, &failure{9717, info}
		}
		seen[u.ClientUserID] = true
		wanted = append(wanted, User{ClientUserID: u.ClientUserID, Email: u.Email, ManagedAppleID: u.ManagedAppleID})
	}
	return wanted, nil
}

func createUsers(c *call) (map[string]any, *failure) { return changeUsers(c, "CREATE") }
func updateUsers(c *call) (map[string]any, *failure) { return changeUsers(c, "UPDATE") }
func retireUsers(c *call) (map[string]any, *failure) { return changeUsers(c, "RETIRE") }

// changeUsers starts an event about users.
func changeUsers(c *call, kind string) (map[string]any, *failure) {
	wanted, refused := c.readUsers()
	if refused != nil {
		return nil, refused
	}
	if kind != "CREATE" {
		for _, u := range wanted {
			if c.location.active(u.ClientUserID) == nil {
				return nil, &failure{9609, &errorInfo{ClientUserIDs: []string{u.ClientUserID}}}
			}
		}
	}
	e := c.newEvent(kind)
	for _, u := range wanted {
		e.steps = append(e.steps, step{clientUserID: u.ClientUserID, do: func() int {
			switch kind {
			case "CREATE":
				return c.server.create(c.location, u)
			case "UPDATE":
				return c.server.update(c.location, u)
			}
			return c.location.retire(u.ClientUserID)
		}})
	}
	return c.start(e), nil
}

// create registers a user; the number is why not.
func (s *Server) create(l *location, wanted User) int {
	if l.active(wanted.ClientUserID) != nil {
		return 9716
	}
	u := l.neverJoined(wanted.ClientUserID)
	if number := s.link(l, &wanted, wanted.ManagedAppleID, u); number != 0 {
		return number
	}
	if u == nil {
		u = &user{}
		l.users = append(l.users, u)
		wanted.InviteCode = strings.ReplaceAll(uuid.NewString(), "-", "")
	} else {
		wanted.InviteCode = u.InviteCode // revived, with its code
	}
	u.User, u.changed = wanted, l.changed()
	return 0
}

// neverJoined finds the retired record that a new registration revives: one
// that had joined is not revived (source: version 1, registering users).
func (l *location) neverJoined(clientUserID string) *user {
	for _, u := range l.users {
		if u.ClientUserID == clientUserID && !u.active() && u.IDHash == "" {
			return u
		}
	}
	return nil
}

func (s *Server) update(l *location, wanted User) int {
	u := l.active(wanted.ClientUserID)
	if u == nil {
		return 9609
	}
	next := u.User
	next.Email = cmp.Or(wanted.Email, next.Email)
	if wanted.ManagedAppleID != "" {
		if number := s.link(l, &next, wanted.ManagedAppleID, u); number != 0 {
			return number
		}
	}
	u.User, u.changed = next, l.changed()
	return 0
}

// link associates a user with a Managed Apple Account, or leaves it
// registered when there is none.
func (s *Server) link(l *location, u *User, account string, self *user) int {
	if account == "" {
		u.Status = registered
		return 0
	}
	_, domain, _ := strings.Cut(account, "@")
	if domain == "" || (s.options.ManagedDomain != "" && domain != s.options.ManagedDomain) {
		return 9635
	}
	hash := l.hash(account)
	for _, other := range l.users {
		if other != self && other.active() && other.IDHash == hash {
			return 9641
		}
	}
	u.ManagedAppleID, u.IDHash, u.Status = account, hash, associated
	return 0
}

// retire ends a user; licenses that can be revoked go back.
func (l *location) retire(clientUserID string) int {
	u := l.active(clientUserID)
	if u == nil {
		return 9609
	}
	u.Status, u.changed = retired, l.changed()
	l.release(func(a assignment) bool { return a.ClientUserID == clientUserID })
	return 0
}
