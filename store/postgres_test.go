package store_test

import (
	"net/url"
	"sync"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/people"
	"heraut/store"
)

// TestConnectionsCut cuts every connection of the pool between two calls, as
// a restart of the server does, and some in the middle of a write.
func TestConnectionsCut(t *testing.T) {
	address := testkit.Postgres(t)
	s := open(t, store.Options{URL: address, MaxConns: 4})
	other, err := sqlx.Open("postgres", address)
	require.NoError(t, err)
	defer other.Close()
	cut := func() {
		_, err := other.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'heraut' AND pid <> pg_backend_pid()`)
		require.NoError(t, err)
	}
	add := func() error {
		_, err := s.CreateUser(t.Context(), people.System("test"), people.User{FullName: "Jan"})
		return err
	}
	for range 3 {
		require.NoError(t, add())
		cut()
		require.NoError(t, s.Ping(t.Context()))
		cut()
	}
	u, err := s.CreateUser(t.Context(), people.System("test"), people.User{FullName: "Jan"})
	require.NoError(t, err)
	tries := 0
	_, err = s.UpdateUser(t.Context(), people.System("test"), u.ID, nil, func(u people.User) (people.User, error) {
		tries++
		if tries == 1 {
			cut()
		}
		u.FullName = "Piet"
		return u, nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, tries)
	n, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 5, n, "nothing was lost and nothing was done twice")
}

func TestMigrateAtOnce(t *testing.T) {
	address := testkit.Postgres(t)
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wg.Go(func() {
			s, err := store.Open(t.Context(), store.Options{URL: address})
			if err != nil {
				errs[i] = err
				return
			}
			defer s.Close()
			errs[i] = s.Migrate(t.Context())
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
}

// TestSearchWithoutTrigrams: a role that may make no extension gets a schema
// all the same, and searches find what they find elsewhere.
func TestSearchWithoutTrigrams(t *testing.T) {
	server := testkit.StartPostgres(t)
	address, err := url.Parse(server.Database(t))
	require.NoError(t, err)
	admin, err := sqlx.Open("postgres", address.String())
	require.NoError(t, err)
	defer admin.Close()
	for _, statement := range []string{"CREATE ROLE plain LOGIN", "GRANT CREATE ON SCHEMA public TO plain"} {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	address.User = url.User("plain")
	s := open(t, store.Options{URL: address.String()})
	var indexes int
	require.NoError(t, admin.GetContext(t.Context(), &indexes, "SELECT COUNT(*) FROM pg_indexes WHERE indexname IN ('users_by_text', 'devices_by_text')"))
	require.Zero(t, indexes)
	u, err := s.CreateUser(t.Context(), people.System("test"), people.User{FullName: "Zoë Ünal"})
	require.NoError(t, err)
	found, err := s.Search(t.Context(), "unal", 5)
	require.NoError(t, err)
	require.Len(t, found.Users, 1)
	require.Equal(t, u.ID, found.Users[0].ID)
}
