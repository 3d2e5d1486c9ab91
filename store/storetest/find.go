package storetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// awkward are names that lists and searches must not stumble over.
var awkward = []string{
	"Åsa Öberg", "Łukasz Weiß", "ليلى منصور", "100%_zeker", `back\slash`, "<b>bold</b>", "  Jan   de  Vries ",
	"Zoë " + strings.Repeat("é", 296),
}

// everyPage reads a list to its end in pages of two, from which no item may be
// missing and none come twice.
func everyPage[T any](t *testing.T, name func(T) string, list func(after people.Cursor, limit int) (people.Page[T], error)) []string {
	t.Helper()
	all := []string{}
	for after := (people.Cursor{}); ; {
		page, err := list(after, 2)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), 2)
		all = append(all, names(page.Items, name)...)
		if page.Next == nil {
			return all
		}
		after = *page.Next
	}
}

func usersBy(t *testing.T, s *store.Store, f people.UserFilter) []string {
	t.Helper()
	return everyPage(t, userName, func(after people.Cursor, limit int) (people.Page[people.User], error) {
		return s.ListUsers(t.Context(), f, after, limit)
	})
}

func sortUsers(t *testing.T, s *store.Store) {
	t.Helper()
	var ids []string
	for _, name := range awkward {
		ids = append(ids, addUser(t, s, name).ID)
	}
	zoe, vries := awkward[7], "Jan   de  Vries"
	up := []string{"100%_zeker", "<b>bold</b>", "Åsa Öberg", `back\slash`, vries, "Łukasz Weiß", zoe, "ليلى منصور"}
	require.Equal(t, up, usersBy(t, s, people.UserFilter{}))
	require.Equal(t, reversed(up), usersBy(t, s, people.UserFilter{Sort: people.ByNameDown}))

	changed, err := s.UpdateUser(t.Context(), actor, ids[2], nil, func(u people.User) (people.User, error) {
		u.ManagedDistribution = true
		return u, nil
	})
	require.NoError(t, err)
	latest := usersBy(t, s, people.UserFilter{Sort: people.ByChange})
	require.Len(t, latest, len(awkward))
	require.Equal(t, changed.FullName, latest[0])

	g := addGroup(t, s, "g", ids[:3], nil)
	top := addGroup(t, s, "top", ids[2:4], []string{g.ID})
	require.Equal(t, []string{"ليلى منصور", "Łukasz Weiß", "Åsa Öberg", "100%_zeker"},
		usersBy(t, s, people.UserFilter{GroupID: top.ID, Sort: people.ByNameDown}))
	require.Equal(t, []string{"Łukasz Weiß"}, usersBy(t, s, people.UserFilter{GroupID: top.ID, Query: "WEISS", State: people.NotInvited}))
	require.Empty(t, usersBy(t, s, people.UserFilter{GroupID: top.ID, State: people.Enrolled}))
	require.Empty(t, usersBy(t, s, people.UserFilter{GroupID: "none"}))
	require.Equal(t, []string{"100%_zeker"}, usersBy(t, s, people.UserFilter{Query: "%_"}))

	_, err = s.ListUsers(t.Context(), people.UserFilter{Sort: people.ByOwner}, people.Cursor{}, 2)
	requireCode(t, err, fault.InvalidRequest)
	_, err = s.ListUsers(t.Context(), people.UserFilter{Sort: people.ByChange}, people.Cursor{Key: "x", ID: "y"}, 2)
	requireCode(t, err, fault.InvalidRequest)
}

// searchNothing: a query that folds to nothing would be found in everything.
func searchNothing(s *campus) {
	users, send := s.class(2)
	for _, query := range []string{" ", "\t", "\u00a0", "\u0301", "\u00b4", "\x00", "\xff"} {
		require.Empty(s.t, usersBy(s.t, s.Store, people.UserFilter{Query: query}), "%q", query)
		groups, err := s.ListGroups(s.t.Context(), people.GroupFilter{Query: query}, people.Cursor{}, 2)
		require.NoError(s.t, err)
		require.Empty(s.t, groups.Items, "%q", query)
		devices, err := s.ListDevices(s.t.Context(), people.DeviceFilter{Query: query}, people.Cursor{}, 2)
		require.NoError(s.t, err)
		require.Empty(s.t, devices.Items, "%q", query)
		require.Empty(s.t, s.invitations(invitation.Filter{Query: query}), "%q", query)
		count, err := s.CountInvitations(s.t.Context(), invitation.Filter{Query: query})
		require.NoError(s.t, err)
		require.Zero(s.t, count, "%q", query)

		bulk, err := s.CreateBulk(s.t.Context(), actor, invitation.Cancel, invitation.Filter{Query: query})
		require.NoError(s.t, err)
		step, err := s.StepBulk(s.t.Context(), bulk.ID, 10)
		require.NoError(s.t, err)
		require.Equal(s.t, invitation.BulkStep{Finished: true}, step, "%q", query)
	}
	require.Equal(s.t, len(users), s.again(send).Counts[invitation.Queued], "nothing was cancelled")
}

func reversed(names []string) []string {
	back := make([]string, 0, len(names))
	for i := range names {
		back = append(back, names[len(names)-1-i])
	}
	return back
}

func findGroups(t *testing.T, s *store.Store) {
	t.Helper()
	for _, name := range awkward {
		addGroup(t, s, name, nil, nil)
	}
	by := func(f people.GroupFilter) []string {
		return everyPage(t, func(g people.Group) string { return g.Name }, func(after people.Cursor, limit int) (people.Page[people.Group], error) {
			return s.ListGroups(t.Context(), f, after, limit)
		})
	}
	require.Equal(t, reversed(by(people.GroupFilter{})), by(people.GroupFilter{Sort: people.ByNameDown}))
	for query, want := range map[string][]string{
		"asa o": {"Åsa Öberg"}, "%": {"100%_zeker"}, "_": {"100%_zeker"}, `\`: {`back\slash`}, "<B>": {"<b>bold</b>"}, "منصور": {"ليلى منصور"},
		"eeee": {awkward[7]}, "jan de": {"Jan   de  Vries"}, "nobody": {},
	} {
		require.Equal(t, want, by(people.GroupFilter{Query: query}), query)
	}
	_, err := s.ListGroups(t.Context(), people.GroupFilter{Sort: people.ByChange}, people.Cursor{}, 2)
	requireCode(t, err, fault.InvalidRequest)
}

func groupsOfUser(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "u")
	low := addGroup(t, s, "low", []string{u.ID}, nil)
	mid := addGroup(t, s, "mid", []string{u.ID}, []string{low.ID})
	addGroup(t, s, "top", nil, []string{mid.ID, low.ID})
	addGroup(t, s, "other", nil, nil)
	_, err := s.UpdateGroup(t.Context(), actor, mid.ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(t, err)
	show := func(g people.GroupOfUser) string {
		shown := g.Name
		if g.Direct {
			shown += " direct"
		}
		if g.ManagedDistribution {
			shown += " on"
		}
		return shown
	}
	require.Equal(t, []string{"low direct", "mid direct on", "top"},
		everyPage(t, show, func(after people.Cursor, limit int) (people.Page[people.GroupOfUser], error) {
			return s.GroupsOfUser(t.Context(), u.ID, after, limit)
		}))
}
