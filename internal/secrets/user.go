package secrets

import (
	"crypto/hmac"
	"crypto/sha256"

	"github.com/google/uuid"
)

// ClientUserID is the id by which Apple knows a user: a UUID that tells nothing,
// and the same each time. It is made with the oldest key, so that it outlives
// the making of new ones.
func (k *Keyring) ClientUserID(userID string) string {
	key, _ := k.ByID(ForClientUserID, k.ids[0]) // a keyring has a key
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(userID)) // a hash never fails
	var id uuid.UUID
	copy(id[:], mac.Sum(nil))
	id[6] = id[6]&0x0f | 0x80 // version 8: of our own making (RFC 9562)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
