package secrets_test

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

func TestClientUserIDStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets")
	before, err := secrets.Create(path)
	require.NoError(t, err)
	id := before.ClientUserID("user-1")
	require.NoError(t, uuid.Validate(id))
	require.Equal(t, uuid.Version(8), uuid.MustParse(id).Version())
	require.NotEqual(t, id, before.ClientUserID("user-2"))

	after, err := secrets.Rotate(path)
	require.NoError(t, err)
	require.Equal(t, id, after.ClientUserID("user-1"), "a new key changes nothing")
	other, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	require.NotEqual(t, id, other.ClientUserID("user-1"), "another installation has others")
}

func TestCommandKeyStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secrets")
	before, err := secrets.Create(path)
	require.NoError(t, err)
	key := before.CommandKey()
	require.Len(t, key, secrets.KeySize)

	after, err := secrets.Rotate(path)
	require.NoError(t, err)
	require.Equal(t, key, after.CommandKey(), "a new key changes nothing")
	_, current := after.Current(secrets.ForCommand)
	require.NotEqual(t, key, current)
	other, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	require.NotEqual(t, key, other.CommandKey(), "another installation has another")
}
