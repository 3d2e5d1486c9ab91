package settings

import "time"

// ContentToken is what a content token opens at Apple; the token is kept
// apart.
type ContentToken struct {
	Organization string `json:"organization"`
	Location     string `json:"location"`
	// UID identifies the location's library.
	UID string `json:"uid"`
	// ExpiresAt is the end that Apple set.
	ExpiresAt time.Time `json:"expires_at"`
	// Owner has claimed the location; nil: nobody has.
	Owner *LocationOwner `json:"owner"`
	// ClaimedByUs tells that the owner is this installation.
	ClaimedByUs bool `json:"claimed_by_us"`
	// CheckedAt is when Apple said so.
	CheckedAt time.Time `json:"checked_at"`
	// Notifications tell whether Apple calls when something changes.
	Notifications Notifications `json:"notifications"`
}

// Notifications tell whether Apple calls this installation.
type Notifications struct {
	// URL is what Apple calls; empty: there is no address that Apple would.
	URL    string `json:"url"`
	Active bool   `json:"active"`
	Detail string `json:"detail"`
}

// LocationOwner is how a service that has claimed a location names itself.
type LocationOwner struct {
	Name     string `json:"name"`
	Metadata string `json:"metadata"`
}

// Installation is what tells this Heraut from others.
type Installation struct {
	// ID never changes: by it Apple knows who has claimed a location.
	ID string `json:"id"`
}
