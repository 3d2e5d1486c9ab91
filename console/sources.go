package console

import (
	"context"
	"slices"

	"heraut/people"
)

// sourcesStore tells where people come from.
type sourcesStore interface {
	UserSource(ctx context.Context, userID string) (people.Source, error)
	GroupSource(ctx context.Context, groupID string) (people.Source, error)
}

// source is where a user or group comes from, for its pages.
type source struct {
	people.Source

	// Href is the page of it; empty: not for this visitor.
	Href string
}

func (v *visit) userSource(id string) (source, error) {
	from, err := v.Store.UserSource(v.ctx(), id)
	return v.shown(from), err
}

func (v *visit) groupSource(id string) (source, error) {
	from, err := v.Store.GroupSource(v.ctx(), id)
	return v.shown(from), err
}

func (v *visit) shown(from people.Source) source {
	s := source{Source: from}
	switch {
	case from.Kind == people.SourceDirectory:
		s.Href = "/settings/directories/" + from.ID
	case from.Kind == people.SourceSCIM && v.can(admin):
		s.Href = "/settings/scim"
	}
	return s
}

// Has tells whether a field is decided there.
func (s source) Has(field string) bool { return slices.Contains(s.Owns, field) }
