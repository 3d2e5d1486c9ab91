package secrets_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

func TestOpenGivesBackWhatSealTook(t *testing.T) {
	path := newPath(t)
	keyring := create(t, path)
	for _, value := range []string{"", "s3cret", strings.Repeat("long ", 10_000)} {
		blob, err := keyring.Seal("settings/mail", []byte(value))
		require.NoError(t, err)
		if value != "" {
			require.NotContains(t, blob, value)
		}
		plaintext, err := keyring.Open("settings/mail", blob)
		require.NoError(t, err)
		require.Equal(t, value, string(plaintext))
	}
}

func TestSealNeverMakesTheSameTwice(t *testing.T) {
	keyring := create(t, newPath(t))
	first, err := keyring.Seal("row", []byte("value"))
	require.NoError(t, err)
	second, err := keyring.Seal("row", []byte("value"))
	require.NoError(t, err)
	require.NotEqual(t, first, second)
}

func TestOpenRefusesWhatIsNotItsOwn(t *testing.T) {
	keyring := create(t, newPath(t))
	blob, err := keyring.Seal("settings/mail", []byte("s3cret"))
	require.NoError(t, err)
	flipped := []byte(blob)
	flipped[len(flipped)/2] ^= 1
	tests := map[string]struct{ row, blob string }{
		"another row":  {"settings/push", blob},
		"a bit":        {"settings/mail", string(flipped)},
		"cut":          {"settings/mail", blob[:len(blob)-2]},
		"longer":       {"settings/mail", blob + "AA"},
		"empty":        {"settings/mail", ""},
		"no key id":    {"settings/mail", blob[5:]},
		"only key id":  {"settings/mail", blob[:5]},
		"not base64":   {"settings/mail", blob[:5] + "§§"},
		"odd key id":   {"settings/mail", "../.." + blob[4:]},
		"in plaintext": {"settings/mail", "s3cret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := keyring.Open(test.row, test.blob)
			require.ErrorIs(t, err, secrets.ErrSealBroken)
		})
	}
}

func TestOpenKnowsOldKeysUntilTheyRetire(t *testing.T) {
	path := newPath(t)
	first := create(t, path)
	blob, err := first.Seal("row", []byte("value"))
	require.NoError(t, err)

	second, err := secrets.Rotate(path)
	require.NoError(t, err)
	plaintext, err := second.Open("row", blob)
	require.NoError(t, err)
	require.Equal(t, "value", string(plaintext))

	third, err := secrets.Retire(path, first.CurrentID())
	require.NoError(t, err)
	_, err = third.Open("row", blob)
	require.ErrorIs(t, err, secrets.ErrKeyUnknown)
}
