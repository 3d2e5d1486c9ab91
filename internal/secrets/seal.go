package secrets

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrSealBroken is the error of Open when a blob was changed, was cut, or
// belongs to another row.
var ErrSealBroken = errors.New("the sealed value was changed or belongs elsewhere")

// ErrKeyUnknown is the error of Open when the keyring lacks the key that
// sealed the blob.
var ErrKeyUnknown = errors.New("the secrets file has no such key: restore the file that was in use, or set the value anew")

// Seal encrypts a value for the row that it is stored in. The answer is text,
// "<key id>.<base64url>", of the value's length times 4/3 and 43 characters.
// Only Open with the same row gives the value back, so blobs can not be
// swapped between rows.
func (k *Keyring) Seal(row string, plaintext []byte) (string, error) {
	id, key := k.Current(ForSeal)
	aead, err := newAEAD(key)
	if err != nil {
		return "", fmt.Errorf("sealing: %w", err)
	}
	box := aead.Seal(nil, nil, plaintext, []byte(row))
	return id + "." + base64.RawURLEncoding.EncodeToString(box), nil
}

// Open decrypts what Seal made for the row. The errors are ErrSealBroken and
// ErrKeyUnknown.
func (k *Keyring) Open(row, blob string) ([]byte, error) {
	id, text, found := strings.Cut(blob, ".")
	if !found || !validID(id) {
		return nil, ErrSealBroken
	}
	key, ok := k.ByID(ForSeal, id)
	if !ok {
		return nil, fmt.Errorf("opening what key %q sealed: %w", id, ErrKeyUnknown)
	}
	aead, err := newAEAD(key)
	if err != nil {
		return nil, fmt.Errorf("opening: %w", err)
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, ErrSealBroken
	}
	plaintext, err := aead.Open(nil, nil, box, []byte(row))
	if err != nil {
		return nil, ErrSealBroken
	}
	return plaintext, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
