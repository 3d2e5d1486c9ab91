package secrets_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

var allPurposes = []secrets.Purpose{
	secrets.ForSeal, secrets.ForLink, secrets.ForPayload, secrets.ForMessageID,
	secrets.ForVERP, secrets.ForAPNsID, secrets.ForCursor, secrets.ForCookie,
	secrets.ForCode, secrets.ForNotification,
}

func TestEachPurposeHasItsOwnKey(t *testing.T) {
	path := newPath(t)
	create(t, path)
	keyring, err := secrets.Rotate(path)
	require.NoError(t, err)

	seen := map[string]bool{}
	for _, purpose := range allPurposes {
		for _, id := range keyring.IDs() {
			key, ok := keyring.ByID(purpose, id)
			require.True(t, ok)
			require.Len(t, key, secrets.KeySize)
			require.False(t, seen[string(key)], "%s shares a key", purpose)
			seen[string(key)] = true
		}
		id, key := keyring.Current(purpose)
		want, _ := keyring.ByID(purpose, id)
		require.Equal(t, keyring.CurrentID(), id)
		require.Equal(t, want, key)
	}
	require.Len(t, seen, 2*len(allPurposes))
}

func TestUnknownIDsAndPurposesHaveNoKey(t *testing.T) {
	keyring := create(t, newPath(t))

	_, ok := keyring.ByID(secrets.ForSeal, "zzzz")
	require.False(t, ok)
	_, ok = keyring.ByID("tea", keyring.CurrentID())
	require.False(t, ok)
}

// Derived keys outlive releases: what an older Heraut sealed must open, links
// that it sent must verify. So the derivation is pinned to one file.
func TestDerivationStaysAsItIs(t *testing.T) {
	path := newPath(t)
	file := `{"version":1,"current":"k001","keys":[
		{"id":"k001","created_at":"2026-01-02T03:04:05Z","key":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}]}`
	require.NoError(t, os.WriteFile(path, []byte(file), 0o600))

	keyring, err := secrets.Load(path)
	require.NoError(t, err)

	require.Equal(t, "k001NwvteHYZEU19uBZcSCX-dmE8QS0s9w-2EOGj3np5J-4",
		keyring.Link(secrets.LinkPage, "0b7e7c7e-2f1b-4c53-9c5e-000000000001", 1))
}
