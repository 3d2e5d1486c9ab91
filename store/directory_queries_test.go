package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// useDirectory runs what a look at a directory asks.
func useDirectory(t *testing.T, s *Store, actor people.Actor) {
	t.Helper()
	ctx := t.Context()
	d, err := s.CreateDirectory(ctx, actor, people.Directory{Name: "School", Protocol: people.ProtocolLDAP, DirectoryConfig: people.DirectoryConfig{
		Host: "ldap.school.example", BindDN: "cn=heraut", BaseDN: "dc=school",
	}.WithDefaults()}, []byte("secret"))
	require.NoError(t, err)
	run, _, err := s.BeginRun(ctx, actor, d.ID, true)
	require.NoError(t, err)
	key := people.DirectoryKeyOf(people.KeyDN, "cn=a")
	var ids, groups map[string]string
	for _, name := range []string{"a", "b"} { // made, then changed
		synced, err := s.SyncPeople(ctx, run, []people.DirectoryPerson{{StableID: "1", FullName: name, Keys: []people.DirectoryKey{key}}})
		require.NoError(t, err)
		ids = synced.IDs
		groups, err = s.SyncGroups(ctx, run, []people.DirectoryGroup{{StableID: "1", Name: name, Keys: []people.DirectoryKey{key}}})
		require.NoError(t, err)
	}
	pairs := []people.MemberPair{{GroupID: groups["1"], UserID: ids["1"]}}
	require.NoError(t, s.AddMembers(ctx, run, pairs))
	for _, read := range []func() error{
		func() error { _, err := s.DirectoryMembers(ctx, []string{groups["1"]}); return err },
		func() error { _, err := s.DirectoryPeople(ctx, d.ID, "", 10); return err },
		func() error { _, err := s.DirectoryGroups(ctx, d.ID, "", 10); return err },
		func() error { _, _, err := s.LinksOf(ctx, d.ID, []string{"1"}); return err },
		func() error { _, err := s.ResolveKeys(ctx, d.ID, []people.DirectoryKey{key}); return err },
		func() error { _, err := s.SharedAddresses(ctx, d.ID, 10); return err },
		func() error { _, err := s.DueDirectories(ctx); return err },
		func() error { _, _, err := s.OpenRun(ctx, d.ID); return err },
		func() error { _, err := s.DirectoryTallies(ctx, []string{d.ID}); return err },
		func() error { _, err := s.UserSource(ctx, ids["1"]); return err },
		func() error { _, err := s.GroupSource(ctx, groups["1"]); return err },
		func() error { _, err := s.ListRuns(ctx, d.ID, people.Cursor{}, 10); return err },
		func() error { _, err := s.ListRuns(ctx, d.ID, people.Cursor{ID: run.ID}, 10); return err },
		func() error { _, err := s.ListRunProblems(ctx, run.ID, people.Cursor{}, 10); return err },
		func() error { _, err := s.RemoveMembers(ctx, run, pairs); return err },
		func() error { _, err := s.DisablePeople(ctx, run, []string{ids["1"]}); return err },
		func() error { _, err := s.RemovePeople(ctx, run, []string{ids["1"]}); return err },
		func() error { _, err := s.RemoveGroups(ctx, run, []string{groups["1"]}); return err },
		func() error { return s.FinishRun(ctx, run, "", nil) },
	} {
		require.NoError(t, read())
	}
}
