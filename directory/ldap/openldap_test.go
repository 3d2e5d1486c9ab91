package ldap_test

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/internal/testkit/directories"
	"heraut/people"
	"heraut/simulator/slapd"
)

func school(n int) func(io.Writer) error {
	return func(w io.Writer) error { return slapd.WriteSchool(w, n) }
}

func openSource(t *testing.T, c people.DirectoryConfig) *ldap.Source {
	t.Helper()
	s, err := ldap.Open(t.Context(), c, slapd.Password, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func allPeople(t *testing.T, s *ldap.Source) (all []people.DirectoryPerson) {
	t.Helper()
	require.NoError(t, s.People(t.Context(), func(page []people.DirectoryPerson) error {
		all = append(all, page...)
		return nil
	}))
	return all
}

func allGroups(t *testing.T, s *ldap.Source) (all []people.DirectoryGroup) {
	t.Helper()
	require.NoError(t, s.Groups(t.Context(), func(page []people.DirectoryGroup) error {
		all = append(all, page...)
		return nil
	}))
	return all
}

func TestOpenLDAPIsReadPageByPage(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(1200))
	for _, c := range []people.DirectoryConfig{server.Config(), startTLS(server)} {
		s := openSource(t, c)
		require.Contains(t, ldap.Test(t.Context(), c, slapd.Password, nil), ldap.Step{Name: "server", OK: true, Detail: string(people.OpenLDAP)})
		all := allPeople(t, s)
		require.Len(t, all, 1200)
		first := all[0]
		require.Equal(t, "Person 000000", first.FullName)
		require.Equal(t, "u000000@school.example", first.Email)
		require.Equal(t, "u000000", first.Login)
		require.Len(t, first.StableID, 36)
		require.Empty(t, first.Refused)
		groups := allGroups(t, s)
		require.Len(t, groups, 48+5+1)
		require.Len(t, groups[0].Members, slapd.ClassSize)
		require.Contains(t, first.Keys, groups[0].Members[0])
	}
}

func startTLS(server *directories.Slapd) people.DirectoryConfig {
	c := server.Config()
	c.Port, c.Security = server.Port, people.DirectoryStartTLS
	return c
}

func TestSyncreplTellsChanges(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(60))
	s := openSource(t, server.Config())
	ids := map[string]string{}
	for _, p := range allPeople(t, s) {
		ids[p.Login] = p.StableID
	}
	mark, err := s.Mark(t.Context())
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(mark, "syncrepl:"), mark)
	none, err := s.Changes(t.Context(), mark)
	require.NoError(t, err)
	require.Empty(t, none.Changed)
	require.Empty(t, none.Gone)

	server.Modify(t, "dn: "+slapd.PersonDN(3)+"\nchangetype: modify\nreplace: mail\nmail: new@school.example\n\n"+
		"dn: "+slapd.PersonDN(4)+"\nchangetype: delete\n\n")
	changes, err := s.Changes(t.Context(), none.Cookie)
	require.NoError(t, err)
	require.Contains(t, changes.Changed, ids["u000003"])
	require.NotContains(t, changes.Present, ids["u000004"])
	if !changes.Complete {
		require.Equal(t, []string{ids["u000004"]}, changes.Gone)
	}
	var found []people.DirectoryPerson
	require.NoError(t, s.PeopleByID(t.Context(), []string{ids["u000003"], ids["u000004"]}, func(page []people.DirectoryPerson) error {
		found = append(found, page...)
		return nil
	}))
	require.Len(t, found, 1)
	require.Equal(t, "new@school.example", found[0].Email)
}
