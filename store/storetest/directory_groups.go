package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func syncGroups(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	users := b.people(persons(30)...).IDs
	groups := []people.DirectoryGroup{directoryGroup("1a"), directoryGroup("1b"), directoryGroup("year")}
	ids, err := s.SyncGroups(t.Context(), b.run, groups)
	require.NoError(t, err)
	var pairs []people.MemberPair
	for _, u := range users {
		pairs = append(pairs, people.MemberPair{GroupID: ids["id-1a"], UserID: u})
	}
	pairs = append(pairs, people.MemberPair{GroupID: ids["id-year"], ChildID: ids["id-1a"]})
	require.NoError(t, s.AddMembers(t.Context(), b.run, pairs))
	require.NoError(t, s.AddMembers(t.Context(), b.run, pairs), "twice is once")
	require.Equal(t, 31, b.report().Members.Added)
	have, err := s.DirectoryMembers(t.Context(), []string{ids["id-1a"], ids["id-1b"], ids["id-year"]})
	require.NoError(t, err)
	require.ElementsMatch(t, pairs, have)
	counts, err := s.GroupCounts(t.Context(), ids["id-year"])
	require.NoError(t, err)
	require.Equal(t, 30, counts[ids["id-year"]].Members)

	groups[0].Name = "1a, renamed"
	again, err := s.SyncGroups(t.Context(), b.run, groups)
	require.NoError(t, err)
	require.Equal(t, ids, again)
	g, err := s.Group(t.Context(), ids["id-1a"])
	require.NoError(t, err)
	require.Equal(t, "1a, renamed", g.Name)
	require.Equal(t, []int{3, 1}, []int{b.report().Groups.Created, b.report().Groups.Updated})
	version := g.Version
	_, err = s.SyncGroups(t.Context(), b.run, groups)
	require.NoError(t, err)
	g, err = s.Group(t.Context(), ids["id-1a"])
	require.NoError(t, err)
	require.Equal(t, version, g.Version, "what is the same is not written")

	linksListed(t, b, users)
	b.finish(people.RunSucceeded, "")
	b.begin(true)
	require.Equal(t, people.DirectoryTakes{OfPeople: 30, OfGroups: 3, OfMembers: 30}, b.run.Report.Takes)
}

// linksListed reads who comes from the directory, page by page.
func linksListed(t *testing.T, b *bound, users map[string]string) {
	t.Helper()
	got := map[string]string{}
	for after := ""; ; {
		links, err := b.s.DirectoryPeople(t.Context(), b.dir.ID, after, 7)
		require.NoError(t, err)
		for _, l := range links {
			got[l.StableID] = l.ID
			after = l.StableID
		}
		if len(links) < 7 {
			break
		}
	}
	require.Equal(t, users, got)
	someUsers, someGroups, err := b.s.LinksOf(t.Context(), b.dir.ID, []string{"id-p0001", "id-1a", "nobody"})
	require.NoError(t, err)
	require.Equal(t, []people.DirectoryLink{{StableID: "id-p0001", ID: users["id-p0001"]}}, someUsers)
	require.Len(t, someGroups, 1)
	groups, err := b.s.DirectoryGroups(t.Context(), b.dir.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, groups, 3)
}

func ownedByDirectory(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	id := b.people(person("ann")).IDs["id-ann"]
	ids, err := s.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{directoryGroup("1a")})
	require.NoError(t, err)
	edit := func(change func(*people.User)) error {
		_, err := s.UpdateUser(t.Context(), actor, id, nil, func(u people.User) (people.User, error) {
			change(&u)
			return u, nil
		})
		return err
	}
	err = edit(func(u *people.User) { u.FullName, u.Email = "Another", "other@school.example" })
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, `"School"`)
	require.ErrorContains(t, err, "/email")
	require.NoError(t, edit(func(u *people.User) { u.Language, u.ManagedDistribution, u.ExternalID = "nl", true, "own" }), "the rest is Heraut's")
	requireCode(t, s.DeleteUser(t.Context(), actor, id, nil), fault.Conflict)
	b.people(person("ann"))
	require.Equal(t, "nl", b.user(id).Language, "what the directory does not give stays")

	_, err = s.UpdateDirectory(t.Context(), actor, b.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.Attributes.Language = "preferredLanguage"
		return d, nil
	})
	require.NoError(t, err)
	requireCode(t, edit(func(u *people.User) { u.Language = "en" }), fault.Conflict)

	_, err = s.UpdateGroup(t.Context(), actor, ids["id-1a"], nil, func(g people.Group) (people.Group, error) {
		g.Name = "mine"
		return g, nil
	})
	requireCode(t, err, fault.Conflict)
	_, err = s.SetMembers(t.Context(), actor, ids["id-1a"], []string{id}, nil)
	requireCode(t, err, fault.Conflict)
	requireCode(t, s.DeleteGroup(t.Context(), actor, ids["id-1a"], nil), fault.Conflict)
	require.NoError(t, switchGroup(t, s, ids["id-1a"], true))
	g, err := s.Group(t.Context(), ids["id-1a"])
	require.NoError(t, err)
	require.Equal(t, b.dir.ID, g.DirectoryID)
}
