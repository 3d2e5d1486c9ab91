package secrets_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

func TestCodesCanBeTyped(t *testing.T) {
	keyring := create(t, newPath(t))
	code := keyring.Code("link-1")
	require.Regexp(t, `^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$`, code)
	require.Equal(t, code, keyring.Code("link-1"))
	require.NotEqual(t, code, keyring.Code("link-2"))

	want := [][]byte{keyring.CodeHash(code)}
	lookalike := strings.NewReplacer("1", "l", "0", "o", "V", "u").Replace(code)
	for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + strings.ReplaceAll(code, "-", " - ") + " ", lookalike} {
		require.Equal(t, want, keyring.CodeHashes(typed), typed)
	}
	require.NotEqual(t, want, keyring.CodeHashes(keyring.Code("link-2")))
	for _, none := range []string{"", "-", code[:10], code + "A", "7KQF2_9XM4T", "7KQF2-9XM4\x00", strings.Repeat(" ", 200) + code, "ÄÄÄÄÄ-ÄÄÄÄÄ"} {
		require.Empty(t, keyring.CodeHashes(none), none)
	}
}

func TestCodesOutliveARotation(t *testing.T) {
	path := newPath(t)
	before := create(t, path)
	code := before.Code("link-1")
	after, err := secrets.Rotate(path)
	require.NoError(t, err)
	require.NotEqual(t, code, after.Code("link-1"))
	hashes := after.CodeHashes(code)
	require.Len(t, hashes, 2)
	require.True(t, slices.ContainsFunc(hashes, func(h []byte) bool { return bytes.Equal(h, before.CodeHash(code)) }))
	require.NotContains(t, string(before.CodeHash(code)), code)
	require.NotEqual(t, before.CodeHash(code), create(t, newPath(t)).CodeHash(code), "nobody tries codes out without the key")
}

func TestNotificationTokens(t *testing.T) {
	path := newPath(t)
	before := create(t, path)
	for _, location := range []string{"2049025000431439", "", "a.b/ü"} {
		token := before.NotificationToken(location)
		require.NotContains(t, token, " ")
		require.Less(t, len(token), 200)
		got, ok := before.NotificationLocation(token)
		require.True(t, ok)
		require.Equal(t, location, got)
	}
	token := before.NotificationToken("2049025000431439")
	after, err := secrets.Rotate(path)
	require.NoError(t, err)
	_, ok := after.NotificationLocation(token)
	require.True(t, ok, "as long as its key is kept")
	require.NotEqual(t, token, after.NotificationToken("2049025000431439"))

	_, ok = create(t, newPath(t)).NotificationLocation(token)
	require.False(t, ok, "another secrets file")
	parts := strings.Split(before.NotificationToken("another"), ".")
	mine := strings.Split(token, ".")
	for _, wrong := range []string{
		"", ".", "..", token + "x", token[:len(token)-1], " " + token, strings.ToUpper(token), "zzzz" + token[4:],
		mine[0] + "." + parts[1] + "." + mine[2], mine[0] + "." + mine[2], "." + mine[1] + "." + mine[2],
	} {
		_, ok := before.NotificationLocation(wrong)
		require.False(t, ok, wrong)
	}
	for i := range len(token) {
		flipped := []byte(token)
		flipped[i] ^= 1
		_, ok := before.NotificationLocation(string(flipped))
		require.False(t, ok, "byte %d", i)
	}
}
