package settings

import (
	"slices"
	"time"
)

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
	// Rank orders the locations by when they were installed; the lowest is the
	// one that people belong to who are not said to belong elsewhere.
	Rank int `json:"rank,omitempty"`
}

// InstalledToken is a content token as it is stored.
type InstalledToken struct {
	ContentToken

	// Name is that of the setting, Version its version.
	Name    Name
	Version int64
}

// TokenOf finds the token of a location, or of the first one for an empty
// location; -1: there is none.
func TokenOf(tokens []InstalledToken, location string) int {
	if location == "" && len(tokens) > 0 {
		return 0
	}
	return slices.IndexFunc(tokens, func(t InstalledToken) bool { return t.UID == location })
}

// NextToken is the name and rank of a location that is installed beside
// others.
func NextToken(tokens []InstalledToken, location string) (name Name, rank int) {
	if len(tokens) == 0 {
		return NameContentToken, 0
	}
	for _, t := range tokens {
		rank = max(rank, t.Rank+1)
	}
	return NameTokenOf(location), rank
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
