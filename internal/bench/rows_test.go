package bench

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestInserterWritesEveryRow(t *testing.T) {
	var statements []string
	values := 0
	in := &inserter{head: "INSERT INTO t (a, b) VALUES ", width: 2, exec: func(query string, args ...any) error {
		statements = append(statements, query)
		assert.Len(t, args, strings.Count(query, "?"))
		values += len(args)
		return nil
	}}
	for i := range 120 {
		in.add(i, "x")
	}
	require.NoError(t, in.end())

	assert.Equal(t, 240, values)
	require.Len(t, statements, 3)
	assert.Equal(t, 20, strings.Count(statements[2], "(?,?)"))
}

func TestInserterStopsAtAFault(t *testing.T) {
	calls, fault := 0, errors.New("disk full")
	in := &inserter{head: "INSERT INTO t (a) VALUES ", width: 1, exec: func(string, ...any) error {
		calls++
		return fault
	}}
	for i := range 200 {
		in.add(i)
	}
	require.ErrorIs(t, in.end(), fault)
	assert.Equal(t, 1, calls)
}

func TestBind(t *testing.T) {
	query := "UPDATE t SET a = ? WHERE b = ?"
	assert.Equal(t, query, (&filler{}).bind(query))
	assert.Equal(t, "UPDATE t SET a = $1 WHERE b = $2", (&filler{postgres: true}).bind(query))
}
