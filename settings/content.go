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
