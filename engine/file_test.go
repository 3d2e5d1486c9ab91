package engine

import (
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/metrics"
	temporalsql "go.temporal.io/server/common/persistence/sql"
	"go.temporal.io/server/common/persistence/sql/sqlplugin"
	"go.temporal.io/server/common/resolver"
	"go.temporal.io/server/schema"
)

func openTestFile(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := openFile(filepath.Join(dir, FileName))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
}

func requireComplete(t *testing.T, dir string) {
	t.Helper()
	missing, total, err := missingTables(t.Context(), filepath.Join(dir, FileName))
	require.NoError(t, err)
	require.Nil(t, missing)
	require.Greater(t, total, 20)
}

func TestPrepareFileMakesItOnce(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, prepareFile(t.Context(), dir))
	requireComplete(t, dir)
	info, err := os.Stat(filepath.Join(dir, FileName))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	exec(t, openTestFile(t, dir), `INSERT INTO shards VALUES (7, 1, x'00', 'none')`)

	require.NoError(t, prepareFile(t.Context(), dir))

	var count int
	row := openTestFile(t, dir).QueryRowContext(t.Context(), `SELECT count(*) FROM shards`)
	require.NoError(t, row.Scan(&count))
	require.Equal(t, 1, count, "a complete file is left as it is")
}

// A folder's name becomes part of a URI, here and in the server's driver.
func TestPrepareFileTakesAnyFolderName(t *testing.T) {
	for _, name := range []string{"a b", "50%25", "a?mode=memory", "a#b", "é"} {
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.Mkdir(dir, 0o700))

		require.NoError(t, prepareFile(t.Context(), dir), name)
		require.NoError(t, prepareNamespace(t.Context(), Options{Dir: dir, Namespace: DefaultNamespace}), name)

		requireComplete(t, dir)
		used, err := holdsNamespaces(t.Context(), filepath.Join(dir, FileName))
		require.NoError(t, err)
		require.True(t, used, name)
		entries, err := os.ReadDir(filepath.Dir(dir))
		require.NoError(t, err)
		require.Len(t, entries, 1, "nothing may be made beside the folder")
	}
}

func TestPrepareFileMendsAHalfMadeFile(t *testing.T) {
	whole, err := fs.ReadFile(schema.Assets(), schemaFiles[0])
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(whole), ";")
	for name, statements := range map[string][]string{
		"empty":              nil,
		"first statement":    {first},
		"without visibility": {string(whole)},
		"another's table":    {`CREATE TABLE x (a INT)`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, FileName), nil, 0o600))
			t.Run("half", func(t *testing.T) { exec(t, openTestFile(t, dir), statements...) }) // and closes the file

			require.NoError(t, prepareFile(t.Context(), dir))

			requireComplete(t, dir)
		})
	}
}

func TestPrepareFileKeepsWhatHoldsSomething(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, prepareFile(t.Context(), dir))
	require.NoError(t, prepareNamespace(t.Context(), Options{Dir: dir, Namespace: DefaultNamespace}))
	exec(t, openTestFile(t, dir), `DROP TABLE timer_tasks`)

	err := prepareFile(t.Context(), dir)

	require.ErrorContains(t, err, "lacks the tables timer_tasks")
	require.ErrorContains(t, err, "restore it from a backup")
}

func TestPrepareFileRefusesWhatIsNoDatabase(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	text := []byte(strings.Repeat("this is a letter\n", 1000))
	require.NoError(t, os.WriteFile(path, text, 0o600))

	require.ErrorContains(t, prepareFile(t.Context(), dir), "not a database")

	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, text, after)
}

// The server's own connection writes down its pragmas; another one reads them.
func TestTheServersConnectionIsDurable(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, prepareFile(t.Context(), dir))
	server, err := temporalsql.NewSQLAdminDB(sqlplugin.DbKindUnknown, sqlConfig(dir),
		resolver.NewNoopResolver(), log.NewNoopLogger(), metrics.NoopMetricsHandler)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	require.NoError(t, server.Exec(`CREATE TABLE seen AS SELECT
		(SELECT synchronous FROM pragma_synchronous) AS synchronous,
		(SELECT timeout FROM pragma_busy_timeout) AS timeout,
		(SELECT journal_mode FROM pragma_journal_mode) AS journal_mode`))

	var synchronous, timeout int
	var mode string
	row := openTestFile(t, dir).QueryRowContext(t.Context(), `SELECT synchronous, timeout, journal_mode FROM seen`)
	require.NoError(t, row.Scan(&synchronous, &timeout, &mode))
	require.Equal(t, 2, synchronous, "2 is FULL")
	require.Equal(t, 10_000, timeout)
	require.Equal(t, "wal", mode)
}

func TestPrepareFileStopsWhenAsked(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, prepareFile(ctx, t.TempDir()), context.Canceled)
}
