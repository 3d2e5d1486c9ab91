package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/store"
)

func directoryTallies(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	b.people(persons(3)...)
	_, err := s.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{directoryGroup("4A")})
	require.NoError(t, err)
	b.finish(people.RunSucceeded, "")
	b.begin(false)
	quiet, err := s.CreateDirectory(t.Context(), actor, anyDirectory("Never read"), []byte("secret"))
	require.NoError(t, err)

	tallies, err := s.DirectoryTallies(t.Context(), []string{b.dir.ID, quiet.ID, "none"})
	require.NoError(t, err)
	require.Len(t, tallies, 2)
	require.Equal(t, 3, tallies[b.dir.ID].Users)
	require.Equal(t, 1, tallies[b.dir.ID].Groups)
	require.Equal(t, b.run.ID, tallies[b.dir.ID].Latest.ID, "the newest of two")
	require.Equal(t, people.RunRunning, tallies[b.dir.ID].Latest.State)
	require.Equal(t, people.DirectoryTally{}, tallies[quiet.ID])
	names, err := s.DirectoryNames(t.Context(), b.dir.ID, quiet.ID, "none")
	require.NoError(t, err)
	require.Equal(t, map[string]string{b.dir.ID: "School", quiet.ID: "Never read"}, names)
	none, err := s.DirectoryTallies(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, none)
}

func sourcesOfPeople(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	id := b.people(person("anna")).IDs["id-anna"]
	groups, err := s.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{directoryGroup("4A")})
	require.NoError(t, err)
	source := func(id string) people.Source {
		from, err := s.UserSource(t.Context(), id)
		require.NoError(t, err)
		return from
	}
	want := people.Source{Kind: people.SourceDirectory, ID: b.dir.ID, Name: "School", Owns: []string{"full_name", "email"}}
	require.Equal(t, want, source(id))
	require.True(t, source(id).Elsewhere())
	_, err = s.UpdateDirectory(t.Context(), actor, b.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.Attributes.Language, d.Attributes.ManagedAppleAccount = "preferredLanguage", "mail"
		return d, nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"full_name", "email", "language", "managed_apple_account"}, source(id).Owns, "what is read is decided there")
	from, err := s.GroupSource(t.Context(), groups["id-4A"])
	require.NoError(t, err)
	require.Equal(t, people.Source{Kind: people.SourceDirectory, ID: b.dir.ID, Name: "School", Owns: []string{"name"}}, from)

	client := addSCIMClient(t, s, "Entra")
	brought := addSCIMUser(t, s, client, "bob")
	require.Equal(t, people.Source{Kind: people.SourceSCIM, ID: client.ID, Name: "Entra", Owns: []string{"full_name", "email", "language"}}, source(brought.ID))
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, client.ID))
	require.Equal(t, people.Source{}, source(brought.ID), "who came from a client that is gone is Heraut's own")
	require.Equal(t, people.Source{}, source("nobody"))
}
