package store

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInClausePads(t *testing.T) {
	clause, args := inClause("id", nil)
	require.Equal(t, "1 = 0", clause)
	require.Empty(t, args)
	clause, args = inClause("id", []string{"a"})
	require.Equal(t, "id IN (?)", clause)
	require.Equal(t, []any{"a"}, args)
	clause, args = inClause("id", []string{"a", "b", "c", "d", "e"})
	require.Equal(t, "id IN (?,?,?,?,?,?,?,?)", clause)
	require.Equal(t, []any{"a", "b", "c", "d", "e", "e", "e", "e"}, args)
}

func TestInsertRowsInBatches(t *testing.T) {
	s := openTest(t)
	columns := []string{"name", "doc", "version", "updated_at"}
	rows := make([][]any, 3*maxParams/len(columns)+1)
	for i := range rows {
		rows[i] = []any{fmt.Sprintf("s%d", i), "{}", 1, At(s.clock())}
	}
	insert := func() (n int64) {
		require.NoError(t, s.write(t.Context(), func(ctx context.Context, tx *Tx) (err error) {
			n, err = insertRows(ctx, tx, "settings", columns, rows, "ON CONFLICT DO NOTHING")
			return err
		}))
		return n
	}
	require.EqualValues(t, len(rows), insert())
	require.Zero(t, insert(), "all are there")
	none := func(ctx context.Context, tx *Tx) error {
		n, err := insertRows(ctx, tx, "settings", columns, nil, "")
		require.Zero(t, n)
		return err
	}
	require.NoError(t, s.write(t.Context(), none))
}

func TestDifference(t *testing.T) {
	c := difference([]string{"a", "b", "c"}, []string{"c", "d", "d", "a"})
	require.Equal(t, setChange{added: []string{"d"}, removed: []string{"b"}}, c)
	require.True(t, difference([]string{"a"}, []string{"a", "a"}).empty())
}
