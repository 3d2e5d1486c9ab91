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

// TestKeysOfNamesStay: what is named by a key and may be said again keeps its
// name when a new key is made.
func TestKeysOfNamesStay(t *testing.T) {
	for purpose, keyOf := range map[secrets.Purpose]func(*secrets.Keyring) []byte{
		secrets.ForCommand: (*secrets.Keyring).CommandKey, secrets.ForMessageID: (*secrets.Keyring).MessageIDKey, secrets.ForAPNsID: (*secrets.Keyring).APNsIDKey,
	} {
		t.Run(string(purpose), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "secrets")
			before, err := secrets.Create(path)
			require.NoError(t, err)
			key := keyOf(before)
			require.Len(t, key, secrets.KeySize)
			_, current := before.Current(purpose)
			require.Equal(t, key, current, "with one key it is that")

			after, err := secrets.Rotate(path)
			require.NoError(t, err)
			require.Equal(t, key, keyOf(after), "a new key changes nothing")
			_, current = after.Current(purpose)
			require.NotEqual(t, key, current)
			require.Equal(t, [][]byte{current, key}, after.All(purpose))
			other, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
			require.NoError(t, err)
			require.NotEqual(t, key, keyOf(other), "another installation has another")
		})
	}
}
