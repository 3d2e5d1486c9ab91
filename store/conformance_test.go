package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) *store.Store {
		t.Helper()
		return open(t, store.Options{Path: filepath.Join(t.TempDir(), "heraut.db"), Now: now, FirstPage: -1})
	})
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) *store.Store {
		t.Helper()
		return open(t, store.Options{URL: testkit.Postgres(t), Now: now, FirstPage: -1})
	})
}

func open(t *testing.T, o store.Options) *store.Store {
	t.Helper()
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	o.Sealer = keys
	o.LinkHash = storetest.LinkHash
	o.ClientUserID = storetest.ClientUserID
	s, err := store.Open(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}
