package secrets

import (
	"crypto/hkdf"
	"crypto/sha256"
	"fmt"
	"slices"
)

// KeySize is the length of master keys and of derived keys, in bytes.
const KeySize = 32

// Purpose names what a derived key is for. Keys of different purposes are
// unrelated.
type Purpose string

// The purposes for which keys are derived.
const (
	ForSeal      Purpose = "seal"       // settings at rest
	ForLink      Purpose = "link"       // links in invitations
	ForPayload   Purpose = "payload"    // what the engine stores
	ForMessageID Purpose = "message-id" // Message-ID of mails
	ForVERP      Purpose = "verp"       // return paths of mails
	ForAPNsID    Purpose = "apns-id"    // apns-id of pushes
	ForCursor    Purpose = "cursor"     // cursors of lists
	ForCookie    Purpose = "cookie"     // session cookies
	ForCode      Purpose = "code"       // codes that people type
	// ForNotification is for the bearer token of Apple's notifications.
	ForNotification Purpose = "notification"
	// ForClientUserID is for the ids by which Apple knows users.
	ForClientUserID Purpose = "client_user_id"
	// ForCommand is for the names of MDM commands and of the payloads of
	// enrollment profiles.
	ForCommand Purpose = "command"
)

var purposes = []Purpose{
	ForSeal, ForLink, ForPayload, ForMessageID, ForVERP, ForAPNsID, ForCursor, ForCookie,
	ForCode, ForNotification, ForClientUserID, ForCommand,
}

// Keyring holds the derived keys of every master key. It does not change once
// made and is safe for concurrent use. The zero value holds no keys: make one
// with Create or Load.
type Keyring struct {
	current string
	ids     []string // oldest first
	derived map[Purpose]map[string][]byte
}

// CurrentID tells the id of the key with which new things are made.
func (k *Keyring) CurrentID() string { return k.current }

// IDs lists the ids of all keys, the oldest first.
func (k *Keyring) IDs() []string { return slices.Clone(k.ids) }

// Current returns the id and the key (32 bytes) to make new things with. The
// caller must not change the key.
func (k *Keyring) Current(purpose Purpose) (id string, key []byte) {
	return k.current, k.derived[purpose][k.current]
}

// ByID returns the key (32 bytes) that the id names, to check or open what was
// made earlier; false where the keyring has no such key. The caller must not
// change the key.
func (k *Keyring) ByID(purpose Purpose, id string) ([]byte, bool) {
	key, ok := k.derived[purpose][id]
	return key, ok
}

// All returns the keys (32 bytes) of a purpose, the newest first, to check what
// does not name its key. The caller must not change them.
func (k *Keyring) All(purpose Purpose) [][]byte {
	keys := make([][]byte, 0, len(k.ids))
	for _, id := range slices.Backward(k.ids) {
		keys = append(keys, k.derived[purpose][id])
	}
	return keys
}

// newKeyring derives the keys of all purposes from the master keys of a file
// that has been checked.
func newKeyring(c content) (*Keyring, error) {
	k := &Keyring{current: c.Current, derived: make(map[Purpose]map[string][]byte, len(purposes))}
	for _, purpose := range purposes {
		k.derived[purpose] = make(map[string][]byte, len(c.Keys))
	}
	for _, master := range c.Keys {
		k.ids = append(k.ids, master.ID)
		for _, purpose := range purposes {
			key, err := hkdf.Key(sha256.New, master.Key, nil, "heraut "+string(purpose)+" v1", KeySize)
			if err != nil {
				return nil, fmt.Errorf("deriving the %s key: %w", purpose, err)
			}
			k.derived[purpose][master.ID] = key
		}
	}
	return k, nil
}
