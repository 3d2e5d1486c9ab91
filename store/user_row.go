package store

import (
	"strings"

	"heraut/people"
)

type userRow struct {
	ID                  string           `db:"id"`
	FullName            string           `db:"full_name"`
	Email               string           `db:"email"`
	Language            string           `db:"language"`
	ManagedAppleAccount string           `db:"managed_apple_account"`
	ExternalID          Text             `db:"external_id"`
	ManagedDistribution bool             `db:"managed_distribution"`
	ContentLocation     string           `db:"content_location"`
	Disabled            bool             `db:"disabled"`
	DirectoryID         string           `db:"directory_id"`
	State               people.UserState `db:"state"`
	EnrolledAt          Time             `db:"enrolled_at"`
	SortName            string           `db:"sort_name"`
	CreatedAt           Time             `db:"created_at"`
	UpdatedAt           Time             `db:"updated_at"`
	Version             int64            `db:"version"`
}

const userColumns = "id, full_name, email, language, managed_apple_account, external_id, managed_distribution, content_location, " +
	"disabled_at IS NOT NULL AS disabled, " + userDirectory + ", state, enrolled_at, sort_name, created_at, updated_at, version"

func (r userRow) user() people.User {
	return people.User{
		ID: r.ID, FullName: r.FullName, Email: r.Email, Language: r.Language,
		ManagedAppleAccount: r.ManagedAppleAccount, ExternalID: string(r.ExternalID),
		ManagedDistribution: r.ManagedDistribution, ContentLocation: r.ContentLocation, Disabled: r.Disabled, DirectoryID: r.DirectoryID,
		State: r.State, EnrolledAt: r.EnrolledAt.Time,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

func (r userRow) cursor() people.Cursor { return people.Cursor{Key: r.SortName, ID: r.ID} }

func (r userRow) byChange() people.Cursor {
	return people.Cursor{Key: r.UpdatedAt.Format(timeLayout), ID: r.ID}
}

// userSearch is what a user is found by.
func userSearch(u people.User) string { return searchText(u.FullName, u.Email, u.ExternalID) }

// userDoc is a user in the audit log.
type userDoc struct {
	FullName            string `json:"full_name"`
	Email               string `json:"email,omitempty"` // masked
	Language            string `json:"language,omitempty"`
	ManagedAppleAccount string `json:"managed_apple_account,omitempty"` // masked
	ExternalID          string `json:"external_id,omitempty"`
	ManagedDistribution bool   `json:"managed_distribution"`
	ContentLocation     string `json:"content_location,omitempty"`
}

func docOfUser(u people.User) userDoc {
	return userDoc{
		FullName: u.FullName, Email: maskAddress(u.Email), Language: u.Language,
		ManagedAppleAccount: maskAddress(u.ManagedAppleAccount), ExternalID: u.ExternalID,
		ManagedDistribution: u.ManagedDistribution, ContentLocation: u.ContentLocation,
	}
}

// maskAddress keeps the first letter and the domain: enough to tell which
// address was meant, in a log that can not be erased.
func maskAddress(address string) string {
	local, domain, found := strings.Cut(address, "@")
	if !found || local == "" {
		return ""
	}
	first := []rune(local)[:1]
	return string(first) + "…@" + domain
}
