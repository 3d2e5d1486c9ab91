package store

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"heraut/people"
)

const addSetting = "INSERT INTO settings (name, doc, version, updated_at) VALUES (?, '{}', 1, '')"

func settingsIn(t *testing.T, s *Store) (n int) {
	t.Helper()
	require.NoError(t, s.reader().Get(t.Context(), &n, "SELECT count(*) FROM settings"))
	return n
}

func TestWriteRollsBack(t *testing.T) {
	s := openTest(t)
	add := func(ctx context.Context, tx *Tx) {
		_, err := tx.Exec(ctx, addSetting, newID())
		require.NoError(t, err)
	}
	require.ErrorIs(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
		add(ctx, tx)
		return io.EOF
	}), io.EOF)
	require.Zero(t, settingsIn(t, s))
	require.Panics(t, func() {
		_ = s.write(t.Context(), func(ctx context.Context, tx *Tx) error { // it panics
			add(ctx, tx)
			panic("no")
		})
	})
	require.Zero(t, settingsIn(t, s))
	require.NoError(t, s.serializable(t.Context(), func(ctx context.Context, tx *Tx) error {
		add(ctx, tx)
		return nil
	}))
	require.Equal(t, 1, settingsIn(t, s), "the connection was given back each time")
}

func TestWriteTriesAgain(t *testing.T) {
	s := openTest(t)
	tries := 0
	require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
		tries++
		if _, err := tx.Exec(ctx, addSetting, newID()); err != nil {
			return err
		}
		if tries < 3 {
			return mapError(ctx, &pq.Error{Code: "40001"})
		}
		return nil
	}))
	require.Equal(t, 3, tries)
	require.Equal(t, 1, settingsIn(t, s))

	tries = 0
	require.Error(t, s.write(t.Context(), func(context.Context, *Tx) error {
		tries++
		return busy(io.EOF)
	}))
	require.Equal(t, maxTries, tries, "not for ever")
}

func TestWriteStopsWithItsContext(t *testing.T) {
	s := openTest(t)
	stop := errors.New("stop")
	ctx, cancel := context.WithCancelCause(t.Context())
	err := s.write(ctx, func(context.Context, *Tx) error {
		cancel(stop)
		return busy(io.EOF)
	})
	require.ErrorIs(t, err, stop)
}

func TestReadersDoNotWaitForTheWriter(t *testing.T) {
	s := openTest(t)
	require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, addSetting, "a")
		require.NoError(t, err)
		require.Zero(t, settingsIn(t, s), "not committed yet")
		return s.Ping(ctx)
	}))
	require.Equal(t, 1, settingsIn(t, s))
}

func TestReadersCanNotWrite(t *testing.T) {
	s := openTest(t)
	require.Error(t, s.snapshot(t.Context(), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, addSetting, "a")
		return err
	}))
	require.Zero(t, settingsIn(t, s))
}

func TestSnapshotDoesNotMove(t *testing.T) {
	s := openTest(t)
	require.NoError(t, s.snapshot(t.Context(), func(ctx context.Context, tx *Tx) error {
		var before, after int
		require.NoError(t, tx.Get(ctx, &before, "SELECT count(*) FROM settings"))
		require.NoError(t, s.write(ctx, func(ctx context.Context, tx *Tx) error {
			_, err := tx.Exec(ctx, addSetting, "a")
			return err
		}))
		require.NoError(t, tx.Get(ctx, &after, "SELECT count(*) FROM settings"))
		require.Equal(t, before, after)
		return nil
	}))
}

func TestStatementsArePreparedOnce(t *testing.T) {
	s := openTest(t)
	for range 3 {
		require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
			_, err := tx.Exec(ctx, addSetting, newID())
			return err
		}))
		require.NotNil(t, s.writer.cached(addSetting))
		settingsIn(t, s)
	}
	require.Len(t, s.writer.stmts, 1)
	require.Len(t, s.reads.stmts, 1)
}

func TestClockOfTests(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	s := openTest(t)
	s.now = func() time.Time { return at }
	u, err := s.CreateUser(t.Context(), people.System("test"), people.User{FullName: "Jan"})
	require.NoError(t, err)
	require.Equal(t, at, u.CreatedAt)
}

func TestFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "heraut.db")
	s, err := Open(t.Context(), Options{Path: path})
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	require.NoError(t, s.Close())
}

func TestOpenRefuses(t *testing.T) {
	for name, o := range map[string]Options{
		"nothing":     {},
		"both":        {Path: "a", URL: "postgres://b/c"},
		"no folder":   {Path: filepath.Join(t.TempDir(), "none", "heraut.db")},
		"other":       {URL: "mysql://db/x"},
		"unreachable": {URL: "postgres://heraut:hunter2@127.0.0.1:1/heraut?sslmode=disable"},
	} {
		_, err := Open(t.Context(), o)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "hunter2", name)
	}
}
