package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Lengths in bytes, before they are written as hexadecimal digits.
const (
	messageIDBytes = 20
	pathMACBytes   = 10
	deliveryBytes  = 16
)

// MessageID returns the Message-ID (without angle brackets) of the mail with a
// send key: the same key has the same id, so copies of one mail are known for
// one by the recipient's mail reader, and nobody without the secret can tell
// the id of a mail.
func MessageID(secret []byte, sendKey, domain string) string {
	return hex.EncodeToString(mac(secret, "message-id", sendKey)[:messageIDBytes]) + "@" + domain
}

// ReturnPath returns the address to which delivery reports for a delivery go
// (VERP): "b-<delivery id without dashes>-<mac>@domain", at most 64 bytes
// before the @ for a UUID.
func ReturnPath(secret []byte, deliveryID, domain string) string {
	digits := strings.ToLower(strings.ReplaceAll(deliveryID, "-", ""))
	return "b-" + digits + "-" + pathMAC(secret, digits) + "@" + domain
}

// ParseReturnPath returns the delivery id (a UUID) of an address that
// ReturnPath made with this secret and domain; ok is false for any other. The
// case of letters is ignored, as servers on the way may change it.
func ParseReturnPath(secret []byte, address, domain string) (deliveryID string, ok bool) {
	local, host, found := strings.Cut(strings.ToLower(address), "@")
	if !found || !strings.EqualFold(host, domain) {
		return "", false
	}
	digits, given, found := strings.Cut(strings.TrimPrefix(local, "b-"), "-")
	if !found || !strings.HasPrefix(local, "b-") || len(digits) != hex.EncodedLen(deliveryBytes) {
		return "", false
	}
	if !hmac.Equal([]byte(given), []byte(pathMAC(secret, digits))) {
		return "", false
	}
	return digits[:8] + "-" + digits[8:12] + "-" + digits[12:16] + "-" + digits[16:20] + "-" + digits[20:], true
}

func pathMAC(secret []byte, digits string) string {
	return hex.EncodeToString(mac(secret, "return-path", digits)[:pathMACBytes])
}

// mac keys every purpose apart, so that no id of one purpose serves another.
func mac(secret []byte, purpose, value string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose + "\x00" + value))
	return h.Sum(nil)
}
