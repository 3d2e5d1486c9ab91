package scim

import (
	"cmp"
	"context"
	"slices"

	"heraut/people"
)

// How far a filter is followed.
const (
	// mostFound is how many resources one way of the store may lead to.
	mostFound = 200
	// mostRead is how many resources are read where no index leads to what is
	// asked for, and readAtOnce how many of them at once.
	mostRead   = 10_000
	readAtOnce = 1000
)

// finder finds resources of one kind.
type finder[T any] struct {
	page func(offset, limit int) (page []T, total int, err error)
	find func(conditions []people.SCIMCondition, limit int) ([]T, error)
	id   func(T) string
	show func(T) map[string]any
}

func (s *server) usersOf(ctx context.Context, c call) finder[people.SCIMUser] {
	return finder[people.SCIMUser]{
		page: func(offset, limit int) ([]people.SCIMUser, int, error) {
			return s.Users.SCIMUsers(ctx, c.client, offset, limit)
		},
		find: func(conditions []people.SCIMCondition, limit int) ([]people.SCIMUser, error) {
			return s.Users.FindSCIMUsers(ctx, c.client, conditions, limit)
		},
		id: func(u people.SCIMUser) string { return u.ID }, show: c.showUser,
	}
}

func (s *server) groupsOf(ctx context.Context, c call, l lookup) finder[people.SCIMGroup] {
	members := l.members()
	return finder[people.SCIMGroup]{
		page: func(offset, limit int) ([]people.SCIMGroup, int, error) {
			return s.Groups.SCIMGroups(ctx, c.client, offset, limit)
		},
		find: func(conditions []people.SCIMCondition, limit int) ([]people.SCIMGroup, error) {
			return s.Groups.FindSCIMGroups(ctx, c.client, conditions, limit)
		},
		id:   func(g people.SCIMGroup) string { return g.ID },
		show: func(g people.SCIMGroup) map[string]any { return c.showGroup(g, members) },
	}
}

// all are the resources that a filter matches, in the order of their ids.
func (f finder[T]) all(l lookup) ([]T, error) {
	if len(l.ways) == 0 {
		return f.readAll(l)
	}
	var all []T
	for _, way := range l.ways {
		found, err := f.find(way, mostFound+1)
		if err != nil {
			return nil, err
		}
		if len(found) > mostFound {
			return nil, bad(tooManyFound, "The filter matches too many resources.")
		}
		all = append(all, f.matching(l, found)...)
	}
	slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(f.id(a), f.id(b)) })
	return slices.CompactFunc(all, func(a, b T) bool { return f.id(a) == f.id(b) }), nil
}

// readAll holds the filter against everything, if that is not too much.
func (f finder[T]) readAll(l lookup) ([]T, error) {
	var all []T
	for at := 0; ; at += readAtOnce {
		page, total, err := f.page(at, readAtOnce)
		if err != nil {
			return nil, err
		}
		if total > mostRead {
			return nil, bad(tooManyFound, "There are too many resources for this filter. "+l.quick())
		}
		all = append(all, f.matching(l, page)...)
		if at+readAtOnce >= total {
			return all, nil
		}
	}
}

func (f finder[T]) matching(l lookup, found []T) []T {
	return slices.DeleteFunc(found, func(one T) bool { return !matches(l.filter, f.show(one)) })
}
