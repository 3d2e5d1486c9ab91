package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"testing"

	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
	"github.com/stretchr/testify/require"

	"heraut/fault"
)

func TestPostgresErrors(t *testing.T) {
	for code, c := range map[string]struct {
		want  fault.Code
		again bool
	}{
		"23505": {fault.Conflict, false},
		"23503": {fault.Conflict, false},
		"40001": {fault.Unavailable, true},
		"40P01": {fault.Unavailable, true},
		"53100": {fault.Unavailable, false},
		"57P01": {fault.Unavailable, true},
		"08006": {fault.Unavailable, true},
		"25006": {fault.Unavailable, true},
		"22021": {fault.InvalidRequest, false},
		"42601": {fault.Internal, false},
	} {
		err := mapError(t.Context(), &pq.Error{Code: pqerror.Code(code), Message: "m", Constraint: "users_external_id"})
		require.Equal(t, c.want, fault.CodeOf(err), code)
		require.Equal(t, c.again, retryable(err), code)
		require.Equal(t, err, mapError(t.Context(), err), "mapping twice changes nothing")
	}
}

func TestConflictSaysWhichField(t *testing.T) {
	err := mapError(t.Context(), &pq.Error{Code: "23505", Constraint: "devices_udid"})
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok)
	require.Equal(t, "/udid", f.Fields[0].Pointer)
	index, ok := violated(err)
	require.True(t, ok)
	require.Equal(t, "devices_udid", index)
	_, ok = violated(io.EOF)
	require.False(t, ok)
}

func TestLostConnectionOnCommitIsNotTriedAgain(t *testing.T) {
	for _, cause := range []error{driver.ErrBadConn, io.ErrUnexpectedEOF, &pq.Error{Code: "57P01"}} {
		require.True(t, retryable(mapError(t.Context(), cause)), "before the commit nothing is saved")
		err := commitError(t.Context(), cause)
		require.False(t, retryable(err), "%v", cause)
		require.True(t, fault.Is(err, fault.Unavailable))
		require.ErrorIs(t, err, cause)
	}
	require.True(t, retryable(commitError(t.Context(), &pq.Error{Code: "40001"})), "a serialization failure is sure")
}

func TestErrorsThatAreNoFaults(t *testing.T) {
	require.NoError(t, mapError(t.Context(), nil))
	require.ErrorIs(t, mapError(t.Context(), sql.ErrNoRows), sql.ErrNoRows)
	require.True(t, fault.Is(orNotFound(sql.ErrNoRows, "No."), fault.NotFound))
	require.Equal(t, io.EOF, orNotFound(io.EOF, "No."))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, mapError(ctx, io.EOF), context.Canceled)
}

func TestSQLiteConstraints(t *testing.T) {
	s := openTest(t)
	exec := func(query string, args ...any) error {
		return s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	}
	err := exec("INSERT INTO group_users (group_id, user_id) VALUES ('a', 'b')")
	require.True(t, fault.Is(err, fault.Conflict), "%v", err)
	setting := "INSERT INTO settings (name, doc, version, updated_at) VALUES ('a', '{}', 1, '')"
	require.NoError(t, exec(setting))
	err = exec(setting)
	index, ok := violated(err)
	require.True(t, ok, "%v", err)
	require.Equal(t, "settings.name", index)
}

func TestDiskFull(t *testing.T) {
	s := openTest(t)
	_, err := s.writer.db.ExecContext(t.Context(), "PRAGMA max_page_count = 10") // SQLite keeps what is there
	require.NoError(t, err)
	err = s.write(t.Context(), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "INSERT INTO settings (name, doc, version, updated_at) VALUES ('a', ?, 1, '')", string(make([]byte, 1<<20)))
		return err
	})
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.ErrorContains(t, err, "The disk is full")
	require.False(t, retryable(err))
	require.NoError(t, s.Ping(t.Context()), "reading goes on")
}
