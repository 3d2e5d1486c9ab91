package secrets

import "github.com/google/uuid"

// ClientUserID is the id by which Apple knows a user: a UUID that tells nothing,
// and the same each time. It outlives the making of new keys.
func (k *Keyring) ClientUserID(userID string) string {
	var id uuid.UUID
	copy(id[:], macOf(k.oldest(ForClientUserID), userID))
	id[6] = id[6]&0x0f | 0x80 // version 8: of our own making (RFC 9562)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

// CommandKey is the key (32 bytes) that names MDM commands and the payloads of
// enrollment profiles. Making new keys does not change it: an MDM server that
// is told a command again must know it by its name, and a device its profile.
// The caller must not change the key.
func (k *Keyring) CommandKey() []byte { return k.oldest(ForCommand) }

// MessageIDKey is the key (32 bytes) of which Message-IDs are made. Making new
// keys does not change it: a mail of which nobody knows whether it left goes out
// again under the same one. The caller must not change the key.
func (k *Keyring) MessageIDKey() []byte { return k.oldest(ForMessageID) }

// APNsIDKey is the key (32 bytes) of which apns-ids are made; it stays as the
// MessageIDKey does.
func (k *Keyring) APNsIDKey() []byte { return k.oldest(ForAPNsID) }

// oldest is the key for names that must outlive the making of new keys.
func (k *Keyring) oldest(purpose Purpose) []byte {
	return k.derived[purpose][k.ids[0]]
}
