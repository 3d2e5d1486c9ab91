package secrets

import (
	"crypto/rand"
	"encoding/base64"
)

// NewToken makes a secret of 256 random bits, in unpadded base64url, for a
// link that works once. The store keeps its LinkHash.
func NewToken() string {
	bits := make([]byte, 32)
	_, _ = rand.Read(bits) // never fails: crypto/rand ends the process instead
	return base64.RawURLEncoding.EncodeToString(bits)
}
