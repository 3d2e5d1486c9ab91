package acceptance_test

import (
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"
)

// answer is what every call of the generated client returns.
type answer interface {
	StatusCode() int
	GetBody() []byte
}

// ask makes a call that must be answered with a status.
func ask[A answer](tb testing.TB, want int, call func() (A, error)) A {
	tb.Helper()
	got, err := call()
	require.NoError(tb, err)
	require.Equal(tb, want, got.StatusCode(), string(got.GetBody()))
	return got
}

// eventually waits until a condition holds.
func eventually(tb testing.TB, condition func() bool, message ...any) {
	tb.Helper()
	require.Eventually(tb, condition, patience, pace, message...)
}

// value is what a nullable holds; the zero value for null.
func value[T any](n nullable.Nullable[T]) T {
	v, err := n.Get()
	if err != nil { // null, or absent
		var zero T
		return zero
	}
	return v
}
