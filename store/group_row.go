package store

import "heraut/people"

type groupRow struct {
	ID                  string `db:"id"`
	Name                string `db:"name"`
	ExternalID          Text   `db:"external_id"`
	ManagedDistribution bool   `db:"managed_distribution"`
	ContentLocation     string `db:"content_location"`
	DirectoryID         string `db:"directory_id"`
	SortName            string `db:"sort_name"`
	CreatedAt           Time   `db:"created_at"`
	UpdatedAt           Time   `db:"updated_at"`
	Version             int64  `db:"version"`
}

const groupColumns = "id, name, external_id, managed_distribution, content_location, " + groupDirectory + ", sort_name, created_at, updated_at, version"

func (r groupRow) group() people.Group {
	return people.Group{
		ID: r.ID, Name: r.Name, ExternalID: string(r.ExternalID), ManagedDistribution: r.ManagedDistribution, ContentLocation: r.ContentLocation,
		DirectoryID: r.DirectoryID,
		CreatedAt:   r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

func (r groupRow) cursor() people.Cursor { return people.Cursor{Key: r.SortName, ID: r.ID} }

// groupDoc is a group in the audit log.
type groupDoc struct {
	Name                string `json:"name"`
	ExternalID          string `json:"external_id,omitempty"`
	ManagedDistribution bool   `json:"managed_distribution"`
	ContentLocation     string `json:"content_location,omitempty"`
}

func docOfGroup(g people.Group) groupDoc {
	return groupDoc{Name: g.Name, ExternalID: g.ExternalID, ManagedDistribution: g.ManagedDistribution, ContentLocation: g.ContentLocation}
}
