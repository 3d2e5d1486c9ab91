package store

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/people"
)

// TestMigrationOfSCIM takes along what was there before: addresses are found,
// and of two with the same external id the older keeps it.
func TestMigrationOfSCIM(t *testing.T) {
	for kind, o := range map[Kind]Options{
		SQLite:   {Path: filepath.Join(t.TempDir(), "heraut.db")},
		Postgres: {URL: testkit.Postgres(t)},
	} {
		t.Run(string(kind), func(t *testing.T) {
			s, err := Open(t.Context(), o)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			require.NoError(t, s.Migrate(t.Context()))
			client, _, err := s.CreateSCIMClient(t.Context(), people.System("tests"), people.SCIMClient{Name: "Entra"})
			require.NoError(t, err)
			old, young := addBefore(t, s, client, "old"), addBefore(t, s, client, "young")
			provider, err := s.goose()
			require.NoError(t, err)
			_, err = provider.DownTo(t.Context(), 20)
			require.NoError(t, err)
			_, err = s.exec(t.Context(), "UPDATE scim_users SET external_id = 'same'")
			require.NoError(t, err)
			require.NoError(t, s.Migrate(t.Context()))

			same, err := s.FindSCIMUsers(t.Context(), client, []people.SCIMCondition{{Field: people.SCIMExternalID, Value: "same"}}, 5)
			require.NoError(t, err)
			require.Len(t, same, 1)
			require.Equal(t, old, same[0].ID)
			for _, address := range []string{"young@home.example", "YOUNG@work.example"} {
				found, err := s.FindSCIMUsers(t.Context(), client, []people.SCIMCondition{{Field: people.SCIMAddress, Value: address}}, 5)
				require.NoError(t, err)
				require.Len(t, found, 1, address)
				require.Equal(t, young, found[0].ID)
			}
		})
	}
}

func addBefore(t *testing.T, s *Store, client people.SCIMClient, name string) (id string) {
	t.Helper()
	u, err := s.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: name, ExternalID: name, Profile: people.SCIMProfile{
		Emails: []people.SCIMEmail{{Value: name + "@work.example"}, {Value: name + "@HOME.example"}, {Value: name + "@home.example"}, {Type: "empty"}},
	}})
	require.NoError(t, err)
	return u.ID
}
