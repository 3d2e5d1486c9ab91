package push

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/google/uuid"

	"heraut/people"
)

// ApnsID derives the apns-id of a send key: the same secret and key give the
// same lowercase UUID (version 8, RFC 9562), so a repeated push keeps its name
// and nobody without the secret can tell which key it came from.
func ApnsID(secret []byte, sendKey string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("apns-id\x00" + sendKey))
	id := uuid.UUID(mac.Sum(nil)[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// collapseID returns id when it fits the header, else its SHA-256 in
// hexadecimal, which is exactly as long as APNs allows.
func collapseID(id string) string {
	fits := len(id) <= maxCollapseID
	for i := 0; fits && i < len(id); i++ {
		fits = id[i] > ' ' && id[i] < 0x7f
	}
	if fits {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

// validApnsID tells whether id is empty or the canonical lowercase UUID that
// APNs asks for.
func validApnsID(id string) bool {
	if id == "" {
		return true
	}
	parsed, err := uuid.Parse(id)
	return err == nil && parsed.String() == id
}

// tokenBytes decodes a device token. It goes into the request's path, so
// anything but hexadecimal must not come through.
func tokenBytes(token string) ([]byte, bool) {
	raw, err := hex.DecodeString(token)
	return raw, err == nil && len(raw) > 0 && len(token) <= people.MaxToken
}
