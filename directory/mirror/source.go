// Package mirror keeps the store's people and groups those of a directory. It
// knows neither LDAP nor SQL: it reads a Source to its end, compares, adds at
// once, and takes away last and carefully.
package mirror

import (
	"context"
	"errors"

	"heraut/people"
)

// Source is a directory, connected. Each method returns an error for an answer
// that is not whole; what it has told before that is true, and not all.
type Source interface {
	// People calls found with pages of all people.
	People(ctx context.Context, found func([]people.DirectoryPerson) error) error
	// Groups calls found with pages of all groups.
	Groups(ctx context.Context, found func([]people.DirectoryGroup) error) error
	// Mark returns a cookie from which Changes tells what came later; empty
	// where the server can not tell.
	Mark(ctx context.Context) (cookie string, err error)
	// Changes tells what has changed since the cookie. ErrReadAll: everything
	// has to be read.
	Changes(ctx context.Context, cookie string) (Changes, error)
	// PeopleByID and GroupsByID find those of stable ids who are still there.
	PeopleByID(ctx context.Context, ids []string, found func([]people.DirectoryPerson) error) error
	GroupsByID(ctx context.Context, ids []string, found func([]people.DirectoryGroup) error) error
	// Elsewhere lists servers that parts of the tree are kept at, which were
	// not read; with any, who was not found may be there.
	Elsewhere() []string
	Close() error
}

// ErrReadAll says that changes can not be told: a cookie is too old, or so
// much has changed that reading everything is quicker.
var ErrReadAll = errors.New("everything has to be read")

// Changes are the stable ids of what has changed in a directory.
type Changes struct {
	// Changed were made or changed; Gone were deleted.
	Changed, Gone []string
	// Present, where Complete is true, are all others that are still there.
	Present  []string
	Complete bool
	// Cookie tells later changes.
	Cookie string
}

// Empty tells that nothing has changed.
func (c Changes) Empty() bool { return len(c.Changed) == 0 && len(c.Gone) == 0 && !c.Complete }

// MostChanges is how many changes are looked up one by one.
const MostChanges = 2000
