package people

import (
	"strings"
	"time"
	"unicode"
)

// Administrator is a person who signs in to the console.
type Administrator struct {
	ID   string
	Name string
	// Login is what the person types to sign in: an e-mail address or a short
	// name. It is unique, whatever its case.
	Login string
	Role  Role
	// Language is "nl", "en", or empty for the browser's.
	Language string
	Theme    Theme
	// HasPassphrase tells that the person can sign in with a passphrase.
	HasPassphrase bool
	// Issuer is the identity provider that the person signs in at; empty: none.
	Issuer string
	// Epoch grows when the passphrase or the role changes. Sessions carry the
	// epoch of their making, and end when it is over.
	Epoch     int64
	CreatedAt time.Time
	UpdatedAt time.Time
	// LastSeenAt is true to the minute; zero: never signed in.
	LastSeenAt time.Time
	// Version grows with every change; the API's ETag is made of it.
	Version int64
}

// Theme is how the console looks to an administrator.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "" // as the browser prefers
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// MaxLogin is the longest login, in characters.
const MaxLogin = 320

// Check tells what is wrong with the administrator's fields, with a JSON
// pointer for each.
func (a Administrator) Check() error {
	var c checks
	c.name("/name", a.Name)
	c.login("/login", a.Login)
	if !a.Role.Known() {
		c.add("/role", "Use viewer, operator or admin.")
	}
	if a.Language != "" && a.Language != "nl" && a.Language != "en" {
		c.add("/language", "Use nl or en.")
	}
	if a.Theme != ThemeSystem && a.Theme != ThemeLight && a.Theme != ThemeDark {
		c.add("/theme", "Use light or dark, or leave it empty.")
	}
	return c.err()
}

func (c *checks) login(pointer, value string) {
	switch {
	case value == "":
		c.add(pointer, "Give an e-mail address or a short name to sign in with.")
	case strings.ContainsFunc(value, unicode.IsSpace):
		c.add(pointer, "Leave out spaces.")
	default:
		c.text(pointer, value, MaxLogin)
	}
}

// Clean returns the administrator with surrounding blanks removed.
func (a Administrator) Clean() Administrator {
	a.Name = strings.TrimSpace(a.Name)
	a.Login = strings.TrimSpace(a.Login)
	return a
}

// CanSignIn tells whether the person has any way in.
func (a Administrator) CanSignIn() bool { return a.HasPassphrase || a.Issuer != "" }

// Actor is the administrator as audit rows and timelines name who did
// something.
func (a Administrator) Actor() Actor {
	return Actor{Kind: ActorAdmin, ID: a.ID, Name: a.Name}
}

// Identity is who an identity provider says a person is.
type Identity struct {
	// Issuer and Subject together name one person for good.
	Issuer, Subject string
	// Login and Name are for people to read; they may change.
	Login, Name string
	// Verified tells that the provider vouches for Login as the person's own
	// e-mail address.
	Verified bool
	Role     Role
}

// SignInLink is a one-time link by which a person sets a passphrase: that of
// the account it is for, or of the first administrator, who is made by it.
type SignInLink struct {
	// Administrator is whose passphrase it sets; the zero one for a link that
	// makes the first administrator.
	Administrator Administrator
	CreatedAt     time.Time
	ExpiresAt     time.Time
	UsedAt        time.Time // zero: not used
	// Expired is true to the database's clock.
	Expired bool
}

// First tells that the link makes the first administrator.
func (l SignInLink) First() bool { return l.Administrator.ID == "" }

// Open tells whether the link still works.
func (l SignInLink) Open() bool { return l.UsedAt.IsZero() && !l.Expired }
