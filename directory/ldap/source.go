package ldap

import (
	"context"
	"fmt"
	"slices"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/people"
)

// pageSize is how many entries a page holds: Active Directory gives 1,000 at
// most, and groups come with up to 1,500 members each.
const (
	pageSize      = 500
	groupPageSize = 100
	// idPageSize is for entries of which nothing is asked but their id.
	idPageSize = 1000
	// idsAtOnce is how many entries one filter names.
	idsAtOnce = 50
)

// Source is a connected directory.
type Source struct {
	link    *link
	server  server
	profile profile
	config  people.DirectoryConfig
	// page is pageSize unless a preview needs less.
	page      int
	elsewhere []string
}

// Open connects to a directory. Its errors are faults with a sentence.
func Open(ctx context.Context, c people.DirectoryConfig, password string, d Dialer) (*Source, error) {
	return open(ctx, c, password, d, func(string, error, string) {})
}

func open(ctx context.Context, c people.DirectoryConfig, password string, d Dialer, told step) (*Source, error) {
	l, err := dial(ctx, c, password, d, told)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.Close() }) // a question does not know the context
	defer stop()
	s, err := l.ask(c.Kind, c.BaseDN)
	told("server", err, string(s.kind))
	if err != nil {
		_ = l.Close() // why it can not be read says more
		return nil, err
	}
	return &Source{link: l, server: s, profile: profileOf(s.kind).with(c.Attributes), config: c, page: pageSize}, nil
}

// with puts attributes of an administrator's choice in place of the usual.
func (p profile) with(a people.DirectoryAttributes) profile {
	for _, own := range []struct {
		name  string
		usual *[]string
	}{{a.StableID, &p.stable}, {a.Login, &p.login}, {a.FullName, &p.name}} {
		if own.name != "" {
			*own.usual = []string{own.name}
		}
	}
	if a.Email != "" {
		p.email = a.Email
	}
	return p
}

// Close ends the connection.
func (s *Source) Close() error {
	if err := s.link.Close(); err != nil {
		return fmt.Errorf("closing the connection to the directory: %w", err)
	}
	return nil
}

// Elsewhere lists the servers that searches were referred to and that were not
// read. Active Directory names its own other parts in each search of a whole
// domain; those hold no people.
func (s *Source) Elsewhere() []string {
	if s.server.kind == people.ActiveDirectory {
		return nil
	}
	return s.elsewhere
}

// People calls found with pages of all people.
func (s *Source) People(ctx context.Context, found func([]people.DirectoryPerson) error) error {
	return s.people(ctx, s.peopleFilter(), found)
}

// PeopleByID finds those of stable ids who are still people of this directory.
func (s *Source) PeopleByID(ctx context.Context, ids []string, found func([]people.DirectoryPerson) error) error {
	for chunk := range slices.Chunk(ids, idsAtOnce) {
		if err := s.people(ctx, and(s.peopleFilter(), stableFilter(s.profile.stable, chunk)), found); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) people(ctx context.Context, filter string, found func([]people.DirectoryPerson) error) error {
	return s.each(ctx, s.base(s.config.People), filter, s.personAttributes(), s.page, func(entries []*ldap.Entry) error {
		list := make([]people.DirectoryPerson, len(entries))
		for i, e := range entries {
			list[i] = s.person(e)
		}
		return found(list)
	})
}

// Groups calls found with pages of all groups. With a filter of an
// administrator's choice the others come too, as those aside.
func (s *Source) Groups(ctx context.Context, found func([]people.DirectoryGroup) error) error {
	if err := s.groups(ctx, s.groupFilter(), false, found); err != nil {
		return err
	}
	if s.config.Groups.Filter == "" {
		return nil
	}
	return s.groups(ctx, and(s.profile.groupFilter, "(!"+wrapped(s.config.Groups.Filter)+")"), true, found)
}

// GroupsByID finds those of stable ids that are still groups of this directory.
func (s *Source) GroupsByID(ctx context.Context, ids []string, found func([]people.DirectoryGroup) error) error {
	for chunk := range slices.Chunk(ids, idsAtOnce) {
		if err := s.groups(ctx, and(s.groupFilter(), stableFilter(s.profile.groupStable, chunk)), false, found); err != nil {
			return err
		}
	}
	return nil
}

func (s *Source) groups(ctx context.Context, filter string, aside bool, found func([]people.DirectoryGroup) error) error {
	return s.each(ctx, s.base(s.config.Groups), filter, s.groupAttributes(), groupPageSize, func(entries []*ldap.Entry) error {
		list := make([]people.DirectoryGroup, len(entries))
		for i, e := range entries {
			g, err := s.group(e)
			if err != nil {
				return err
			}
			g.Aside = aside
			list[i] = g
		}
		return found(list)
	})
}

func (s *Source) base(narrower people.DirectorySearch) string {
	if narrower.BaseDN != "" {
		return narrower.BaseDN
	}
	return s.config.BaseDN
}

func (s *Source) peopleFilter() string { return and(s.profile.peopleFilter, s.config.People.Filter) }

func (s *Source) groupFilter() string { return and(s.profile.groupFilter, s.config.Groups.Filter) }

// and joins filters, of which the second may be empty.
func and(a, b string) string {
	if b == "" {
		return a
	}
	return "(&" + a + wrapped(b) + ")"
}

// wrapped puts the brackets around a filter that people leave out.
func wrapped(filter string) string {
	if filter[0] == '(' {
		return filter
	}
	return "(" + filter + ")"
}
