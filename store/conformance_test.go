package store_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/store"
	"heraut/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) *store.Store {
		t.Helper()
		return open(t, store.Options{Path: filepath.Join(t.TempDir(), "heraut.db")})
	})
}

func open(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}
