package testkit_test

import (
	"database/sql"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
)

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestEachCallGivesAnEmptyDatabase(t *testing.T) {
	first, second := testkit.Postgres(t), testkit.Postgres(t)
	require.NotEqual(t, first, second)

	_, err := open(t, first).ExecContext(t.Context(), `CREATE TABLE a (b int)`)
	require.NoError(t, err)

	var tables int
	row := open(t, second).QueryRowContext(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'public'`)
	require.NoError(t, row.Scan(&tables))
	require.Zero(t, tables)
}

func TestTheDatabaseGoesWithItsTest(t *testing.T) {
	var dsn string
	t.Run("inner", func(t *testing.T) {
		dsn = testkit.Postgres(t)
		require.NoError(t, open(t, dsn).PingContext(t.Context()))
	})
	parsed, err := url.Parse(dsn)
	require.NoError(t, err)

	var there bool
	row := open(t, testkit.Postgres(t)).QueryRowContext(t.Context(),
		`SELECT count(*) > 0 FROM pg_database WHERE datname = $1`, parsed.Path[1:])
	require.NoError(t, row.Scan(&there))
	require.False(t, there)
}

func TestTheServerIsSetForTests(t *testing.T) {
	db := open(t, testkit.Postgres(t))
	for setting, want := range map[string]string{"fsync": "off", "server_encoding": "UTF8", "TimeZone": "UTC"} {
		var got string
		require.NoError(t, db.QueryRowContext(t.Context(), "SHOW "+setting).Scan(&got))
		require.Equal(t, want, got, setting)
	}
}

func TestWhatWasCommittedSurvivesTheServersDeath(t *testing.T) {
	server := testkit.StartPostgres(t)
	db := open(t, server.Database(t))
	_, err := db.ExecContext(t.Context(), `CREATE TABLE a AS SELECT 1 AS b`)
	require.NoError(t, err)

	server.Kill(t)
	require.Error(t, db.PingContext(t.Context()))
	server.Restart(t)

	var b int
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT b FROM a`).Scan(&b))
	require.Equal(t, 1, b)
}
