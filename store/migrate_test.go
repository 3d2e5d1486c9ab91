package store

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestShippedMigrationsStay holds migrations that were released to what they
// were: databases out there have run them. Each release adds its files to
// testdata/migrations.sha256, as sha256sum writes them.
func TestShippedMigrationsStay(t *testing.T) {
	list, err := os.Open("testdata/migrations.sha256")
	require.NoError(t, err)
	defer list.Close()
	lines := bufio.NewScanner(list)
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		require.True(t, ok, lines.Text())
		text, err := migrations.ReadFile(name)
		require.NoError(t, err)
		got := sha256.Sum256(text)
		require.Equal(t, sum, hex.EncodeToString(got[:]), "%s was shipped: add a migration instead", name)
	}
	require.NoError(t, lines.Err())
}

func TestBothDatabasesHaveTheSameMigrations(t *testing.T) {
	names := func(kind Kind) (all []string) {
		entries, err := fs.ReadDir(migrations, "migrations/"+string(kind))
		require.NoError(t, err)
		for _, e := range entries {
			all = append(all, e.Name())
		}
		return all
	}
	require.Equal(t, names(SQLite), names(Postgres))
}

func TestSchemaOfAnotherVersionIsRefused(t *testing.T) {
	s, err := Open(t.Context(), Options{Path: t.TempDir() + "/heraut.db"})
	require.NoError(t, err)
	defer s.Close()
	require.ErrorContains(t, s.CheckSchema(t.Context()), "run `heraut migrate` first")
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, s.CheckSchema(t.Context()))

	_, err = s.writer.db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	require.NoError(t, err)
	require.ErrorContains(t, s.CheckSchema(t.Context()), "use the newer Heraut")
	require.ErrorContains(t, s.Migrate(t.Context()), "use the newer Heraut")
}

func TestMigrationsGoDownAndUp(t *testing.T) {
	s := openTest(t)
	provider, err := s.goose()
	require.NoError(t, err)
	_, err = provider.DownTo(t.Context(), 0)
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
}
