package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func changeGroup(t *testing.T, s *store.Store) {
	t.Helper()
	g, err := s.CreateGroup(t.Context(), actor, people.Group{Name: " 4B ", ExternalID: "class:4b"})
	require.NoError(t, err)
	_, err = s.CreateGroup(t.Context(), actor, people.Group{Name: "other", ExternalID: "class:4b"})
	requireCode(t, err, fault.Conflict)

	stale := g.Version + 1
	rename := func(g people.Group) (people.Group, error) {
		g.Name, g.ManagedDistribution = "4C", true
		return g, nil
	}
	_, err = s.UpdateGroup(t.Context(), actor, g.ID, &stale, rename)
	requireCode(t, err, fault.PreconditionFailed)
	changed, err := s.UpdateGroup(t.Context(), actor, g.ID, &g.Version, rename)
	require.NoError(t, err)
	read, err := s.Group(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, changed, read)
	require.Equal(t, "4C", read.Name)

	addGroup(t, s, "1A", nil, []string{g.ID})
	page, err := s.ListGroups(t.Context(), people.GroupFilter{}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, "1A", page.Items[0].Name)
	page, err = s.ListGroups(t.Context(), people.GroupFilter{}, *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, "4C", page.Items[0].Name)
	require.Nil(t, page.Next)

	require.NoError(t, s.DeleteGroup(t.Context(), actor, g.ID, nil))
	_, err = s.Group(t.Context(), g.ID)
	requireCode(t, err, fault.NotFound)
	requireCode(t, s.DeleteGroup(t.Context(), actor, g.ID, nil), fault.NotFound)
}

func setMembers(t *testing.T, s *store.Store) {
	t.Helper()
	a, b, c := addUser(t, s, "a"), addUser(t, s, "b"), addUser(t, s, "c")
	inner := addGroup(t, s, "inner", []string{a.ID, b.ID}, nil)
	other := addGroup(t, s, "other", []string{b.ID}, nil)
	outer := addGroup(t, s, "outer", []string{c.ID, c.ID, b.ID}, []string{inner.ID, other.ID})

	counts, err := s.GroupCounts(t.Context(), inner.ID, outer.ID)
	require.NoError(t, err)
	require.Equal(t, people.GroupCounts{Members: 3, NotInvited: 3}, counts[outer.ID], "b counts once")
	require.Equal(t, people.GroupCounts{Members: 2, NotInvited: 2}, counts[inner.ID])

	page, err := s.ListUsers(t.Context(), people.UserFilter{GroupID: outer.ID}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c"}, names(page.Items, userName))

	again, err := s.SetMembers(t.Context(), actor, outer.ID, []string{b.ID, c.ID}, []string{other.ID, inner.ID})
	require.NoError(t, err)
	require.Equal(t, outer.Version, again.Version, "the same set is no change")
	less, err := s.SetMembers(t.Context(), actor, outer.ID, []string{c.ID}, nil)
	require.NoError(t, err)
	require.Equal(t, outer.Version+1, less.Version)
	users, groups, err := s.GroupMembers(t.Context(), outer.ID)
	require.NoError(t, err)
	require.Equal(t, []string{c.ID}, users)
	require.Empty(t, groups)

	require.NoError(t, s.DeleteUser(t.Context(), actor, c.ID, nil))
	counts, err = s.GroupCounts(t.Context(), outer.ID)
	require.NoError(t, err)
	require.Zero(t, counts[outer.ID])
}

func unknownMembers(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "a")
	g := addGroup(t, s, "g", nil, nil)
	gone := addGroup(t, s, "gone", nil, nil)
	require.NoError(t, s.DeleteGroup(t.Context(), actor, gone.ID, nil))

	_, err := s.SetMembers(t.Context(), actor, g.ID, []string{u.ID, "nobody"}, []string{gone.ID})
	requireCode(t, err, fault.InvalidRequest)
	require.ErrorContains(t, err, "/user_ids/1")
	require.ErrorContains(t, err, "/group_ids/0")
	_, err = s.SetMembers(t.Context(), actor, gone.ID, nil, nil)
	requireCode(t, err, fault.NotFound)
}

func refuseCycles(t *testing.T, s *store.Store) {
	t.Helper()
	low := addGroup(t, s, "low", nil, nil)
	mid := addGroup(t, s, "mid", nil, []string{low.ID})
	top := addGroup(t, s, "top", nil, []string{mid.ID})

	_, err := s.SetMembers(t.Context(), actor, low.ID, nil, []string{top.ID})
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, `"low" > "top" > "mid" > "low"`)
	_, err = s.SetMembers(t.Context(), actor, low.ID, nil, []string{low.ID})
	requireCode(t, err, fault.Conflict)

	_, err = s.SetMembers(t.Context(), actor, top.ID, nil, []string{mid.ID, low.ID})
	require.NoError(t, err, "two ways to one group are no cycle")
}

// refuseCyclesAtOnce sets members that make a cycle only together.
func refuseCyclesAtOnce(t *testing.T, s *store.Store) {
	t.Helper()
	for range 5 {
		a, b := addGroup(t, s, "a", nil, nil), addGroup(t, s, "b", nil, nil)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, pair := range [][2]string{{a.ID, b.ID}, {b.ID, a.ID}} {
			wg.Go(func() { _, errs[i] = s.SetMembers(t.Context(), actor, pair[0], nil, pair[1:]) })
		}
		wg.Wait()
		require.NotEqual(t, errs[0] == nil, errs[1] == nil, "exactly one wins: %v", errs)
		for _, err := range errs {
			if err != nil {
				requireCode(t, err, fault.Conflict)
			}
		}
	}
}

func nestDeeply(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "deep")
	g := addGroup(t, s, "level 0", []string{u.ID}, nil)
	for i := range 50 {
		g = addGroup(t, s, fmt.Sprintf("level %d", i+1), nil, []string{g.ID})
	}
	counts, err := s.GroupCounts(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, 1, counts[g.ID].Members)
}

func services(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "u")
	low := addGroup(t, s, "low", []string{u.ID}, nil)
	top := addGroup(t, s, "top", nil, []string{low.ID})
	is := func(want bool, why string) {
		t.Helper()
		on, err := s.ServicesOn(t.Context(), u.ID)
		require.NoError(t, err)
		require.Equal(t, want, on, why)
	}
	turnGroup := func(id string, on bool) {
		t.Helper()
		_, err := s.UpdateGroup(t.Context(), actor, id, nil, func(g people.Group) (people.Group, error) {
			g.ManagedDistribution = on
			return g, nil
		})
		require.NoError(t, err)
	}
	is(false, "off by default")
	turnGroup(top.ID, true)
	is(true, "a group above counts")
	turnGroup(top.ID, false)
	is(false, "off again")
	_, err := s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
		u.ManagedDistribution = true
		return u, nil
	})
	require.NoError(t, err)
	is(true, "the user's own")
	require.NoError(t, s.DeleteUser(t.Context(), actor, u.ID, nil))
	is(false, "nobody is left")
}
