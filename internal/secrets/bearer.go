package secrets

import (
	"crypto/hmac"
	"encoding/base64"
	"strings"
)

// NotificationToken makes the bearer token with which Apple tells news of a
// location, with the current key. It carries the location and proves itself,
// so that any process of the installation can check one that Apple sends
// while it is only being told of it, before anything is stored.
func (k *Keyring) NotificationToken(location string) string {
	id, key := k.Current(ForNotification)
	text := id + "." + base64.RawURLEncoding.EncodeToString([]byte(location))
	return text + "." + base64.RawURLEncoding.EncodeToString(macOf(key, text))
}

// NotificationLocation tells the location of a token that NotificationToken
// made with any key of the keyring; false for every other text. The time it
// takes does not depend on where a wrong token differs.
func (k *Keyring) NotificationLocation(token string) (location string, ok bool) {
	text, sum, found := cutLast(token, '.')
	id, encoded, both := strings.Cut(text, ".")
	if !found || !both {
		return "", false
	}
	key, known := k.ByID(ForNotification, id)
	if !known {
		_, key = k.Current(ForNotification)
	}
	want := base64.RawURLEncoding.EncodeToString(macOf(key, text))
	if !hmac.Equal([]byte(sum), []byte(want)) || !known {
		return "", false
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	return string(decoded), err == nil
}

func cutLast(s string, sep byte) (before, after string, found bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
