package store

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPostgresDSNPinsWhatIsOpen(t *testing.T) {
	dsn, err := postgresDSN("postgres://heraut:secret@db.example.org:5432/heraut?application_name=mine")
	require.NoError(t, err)
	u, err := url.Parse(dsn)
	require.NoError(t, err)
	require.Equal(t, "verify-full", u.Query().Get("sslmode"))
	require.Equal(t, "read-write", u.Query().Get("target_session_attrs"))
	require.Equal(t, "mine", u.Query().Get("application_name"))
	require.Equal(t, "1.1", u.Query().Get("random_page_cost"))
	require.Equal(t, "0", u.Query().Get("max_parallel_workers_per_gather"))

	dsn, err = postgresDSN("postgresql://db/heraut?sslmode=disable&random_page_cost=4")
	require.NoError(t, err)
	require.Contains(t, dsn, "random_page_cost=4")
	require.Contains(t, dsn, "sslmode=disable")
}

func TestPostgresDSNErrorsShowNothing(t *testing.T) {
	for _, address := range []string{"", "heraut.db", "mysql://root:hunter2@db/x", "postgres://a:hunter2@db:port/x", "host=db password=hunter2"} {
		_, err := postgresDSN(address)
		require.ErrorContains(t, err, "postgres://")
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestSQLiteFileEscapesItsPath(t *testing.T) {
	require.Equal(t, "file:a%3fb%23c%25d.db", sqliteFile("a?b#c%d.db"))
}
