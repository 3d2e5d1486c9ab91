package people

import (
	"cmp"
	"strings"
	"time"
)

// SCIMClient is an identity provider that brings people and groups by SCIM
// (RFC 7644), without its token, which is shown once and not kept.
type SCIMClient struct {
	ID        string
	Name      string
	CreatedAt time.Time
	// LastUsedAt is true to the minute; zero: never used.
	LastUsedAt time.Time
	// OldTokenUntil is when the last of the tokens that were replaced ends;
	// zero: the newest is the only one.
	OldTokenUntil time.Time
}

// SCIMTokenOverlap is how long a token still works once another has replaced
// it: the time to hand the new one to the identity provider.
const SCIMTokenOverlap = 24 * time.Hour

// Check tells what is wrong with the client's fields.
func (c SCIMClient) Check() error {
	var found checks
	found.name("/name", c.Name)
	return found.err()
}

// Actor is the client as the audit log names it.
func (c SCIMClient) Actor() Actor { return Actor{Kind: ActorSCIM, ID: c.ID, Name: c.Name} }

// SCIMUser is a user as the client that brings it has it.
type SCIMUser struct {
	ID string // the user's
	// UserName is unique for the client, in any case.
	UserName string
	// ExternalID is the client's own id, and means nothing to anybody else.
	ExternalID string
	// Active is false for who has left or is disabled there.
	Active  bool
	Profile SCIMProfile

	CreatedAt, UpdatedAt time.Time
	Version              int64
}

// SCIMProfile is what is kept of what a client says about a user, in the words
// of RFC 7643 section 4.1, so that it reads back what it wrote.
type SCIMProfile struct {
	DisplayName       string      `json:"displayName,omitempty"`
	Name              SCIMName    `json:"name,omitzero"`
	Emails            []SCIMEmail `json:"emails,omitempty"`
	PreferredLanguage string      `json:"preferredLanguage,omitempty"`
}

// SCIMName is a name in parts.
type SCIMName struct {
	Formatted  string `json:"formatted,omitempty"`
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

// SCIMEmail is one address of several.
type SCIMEmail struct {
	Value   string `json:"value,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

// MaxSCIMEmails bounds the addresses that are kept of one user.
const MaxSCIMEmails = 50

// Check tells what is wrong with what is kept for the client alone; the rest
// is held to what users are held to.
func (u SCIMUser) Check() error {
	var c checks
	c.name("/userName", u.UserName)
	c.text("/externalId", u.ExternalID, MaxExternalID)
	p := u.Profile
	for pointer, value := range map[string]string{
		"/displayName": p.DisplayName, "/name/formatted": p.Name.Formatted, "/name/givenName": p.Name.GivenName,
		"/name/familyName": p.Name.FamilyName, "/preferredLanguage": p.PreferredLanguage,
	} {
		c.text(pointer, value, MaxName)
	}
	if len(p.Emails) > MaxSCIMEmails {
		c.add("/emails", "Use at most 50 addresses.")
	}
	for _, e := range p.Emails {
		c.text("/emails", e.Value, MaxEmail)
		c.text("/emails", e.Type, MaxName)
	}
	return c.err()
}

// Apply gives the user what the client decides: name, address and language.
// All else stays as it was.
func (u SCIMUser) Apply(user User) User {
	user.FullName, user.Email, user.Language = u.fullName(), u.email(), u.language()
	return user
}

func (u SCIMUser) fullName() string {
	name := u.Profile.Name
	parts := strings.TrimSpace(name.GivenName + " " + name.FamilyName)
	return cmp.Or(strings.TrimSpace(u.Profile.DisplayName), strings.TrimSpace(name.Formatted), parts, strings.TrimSpace(u.UserName))
}

// email is the primary address, else the one of work, else the first.
func (u SCIMUser) email() string {
	best, rank := "", 0
	for _, e := range u.Profile.Emails {
		r := 1
		switch {
		case e.Primary:
			r = 3
		case strings.EqualFold(e.Type, "work"):
			r = 2
		}
		if e.Value != "" && r > rank {
			best, rank = e.Value, r
		}
	}
	return best
}

// language takes "nl-NL" and "nl_BE" for nl; one that Heraut does not speak is
// the organization's own.
func (u SCIMUser) language() string {
	tag := strings.ToLower(u.Profile.PreferredLanguage)
	first, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	if first == "nl" || first == "en" {
		return first
	}
	return ""
}

// SCIMGroup is a group as the client that brings it has it.
type SCIMGroup struct {
	ID         string // the group's
	Name       string
	ExternalID string

	CreatedAt, UpdatedAt time.Time
	Version              int64
}

// SCIMMember is a member of a group, brought by the same client.
type SCIMMember struct{ UserID, FullName string }

// SCIMGroupChange is what happens to a group at once; nil fields stay.
type SCIMGroupChange struct {
	Name, ExternalID *string
	// Members, when not nil, are the whole set before Add and Remove. Only who
	// is brought by the same client is looked at and changed: others whom
	// somebody put into the group stay.
	Members *[]string
	// Add and Remove have nobody in common. To remove who is no member, or
	// nobody at all, is no error.
	Add, Remove []string
}

// SCIMField is what users or groups can be found by.
type SCIMField string

// The fields that the store finds by; SCIMAddress and SCIMUserName are of users,
// SCIMGroupName and SCIMMemberID of groups.
const (
	SCIMID         SCIMField = "id"
	SCIMExternalID SCIMField = "externalId"
	SCIMUserName   SCIMField = "userName"
	SCIMAddress    SCIMField = "emails.value"
	SCIMGroupName  SCIMField = "displayName"
	SCIMMemberID   SCIMField = "members.value"
)

// SCIMCondition asks for a value of a field, in any case where the field's
// case does not count.
type SCIMCondition struct {
	Field SCIMField
	Value string
}
