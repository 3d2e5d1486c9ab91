package store

import "heraut/people"

type directoryRow struct {
	ID        string                       `db:"id"`
	Name      string                       `db:"name"`
	Protocol  string                       `db:"protocol"`
	Doc       JSON[people.DirectoryConfig] `db:"doc"`
	Sealed    string                       `db:"sealed"`
	SortName  string                       `db:"sort_name"`
	SyncedAt  Time                         `db:"synced_at"`
	FullAt    Time                         `db:"full_at"`
	CreatedAt Time                         `db:"created_at"`
	UpdatedAt Time                         `db:"updated_at"`
	Version   int64                        `db:"version"`
}

const directoryColumns = "id, name, protocol, doc, sealed, sort_name, synced_at, full_at, created_at, updated_at, version"

func (r directoryRow) directory() people.Directory {
	return people.Directory{
		ID: r.ID, Name: r.Name, Protocol: r.Protocol, DirectoryConfig: r.Doc.V, HasPassword: r.Sealed != "",
		SyncedAt: r.SyncedAt.Time, FullAt: r.FullAt.Time, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

func (r directoryRow) cursor() people.Cursor { return people.Cursor{Key: r.SortName, ID: r.ID} }

// directoryDoc is a directory in the audit log, without its password.
type directoryDoc struct {
	Name     string                 `json:"name"`
	Config   people.DirectoryConfig `json:"config"`
	Password bool                   `json:"password"`
}

func docOfDirectory(d people.Directory) directoryDoc {
	d.CA = "" // long, and no secret: that it changed is told by the version
	return directoryDoc{d.Name, d.DirectoryConfig, d.HasPassword}
}

func directorySecret(id string) string { return "directories/" + id }
