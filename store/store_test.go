package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "heraut.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func TestOpenMigratesAndChecks(t *testing.T) {
	s := openTest(t)
	require.Equal(t, SQLite, s.Kind())
	require.NoError(t, s.CheckSchema(t.Context()))
	require.NoError(t, s.Migrate(t.Context()), "a second run changes nothing")
}

func TestWriteIsSeenByReaders(t *testing.T) {
	s := openTest(t)
	for range 3 { // the second and third run use the prepared statement
		require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
			now, err := tx.Now(ctx)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "INSERT INTO settings (name, doc, version, updated_at) VALUES (?, ?, ?, ?)", newID(), JSON[[]int]{V: []int{1}}, 1, now)
			return err
		}))
	}
	var n int
	require.NoError(t, s.reader().Get(t.Context(), &n, "SELECT count(*) FROM settings WHERE doc = ?", "[1]"))
	require.Equal(t, 3, n)
}
