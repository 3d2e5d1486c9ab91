package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
)

// LinkPurpose says what a link lets its holder do. A token of one purpose does
// not verify for another.
type LinkPurpose string

// The purposes of links.
const (
	LinkPage LinkPurpose = "page" // open the invitation page and answer
	LinkStop LinkPurpose = "stop" // end reminders (RFC 8058)
	// LinkEnroll lets a person enroll one device.
	LinkEnroll LinkPurpose = "enroll"
)

// LinkLength is the length of every link token, in characters: the key id and
// 256 bits in unpadded base64url.
const LinkLength = idLength + 43

// Link makes the token of an invitation's link with the current key. The same
// input gives the same token. number tells the links of one invitation apart.
func (k *Keyring) Link(purpose LinkPurpose, invitationID string, number int) string {
	id, key := k.Current(ForLink)
	return linkToken(id, key, purpose, invitationID, number)
}

// LinkByKey makes the token that Link made while the key id was current: for a
// message that must be repeated with the link it had. False where the keyring
// has no such key.
func (k *Keyring) LinkByKey(id string, purpose LinkPurpose, invitationID string, number int) (string, bool) {
	key, ok := k.ByID(ForLink, id)
	if !ok {
		return "", false
	}
	return linkToken(id, key, purpose, invitationID, number), true
}

// VerifyLink tells whether a token is the one that Link made for this purpose,
// invitation and number, with any key of the keyring. The time it takes does
// not depend on where a wrong token differs, nor on whether its key is known.
func (k *Keyring) VerifyLink(token string, purpose LinkPurpose, invitationID string, number int) bool {
	if !WellFormedLink(token) {
		return false
	}
	id := token[:idLength]
	key, known := k.ByID(ForLink, id)
	if !known {
		_, key = k.Current(ForLink)
	}
	want := linkToken(id, key, purpose, invitationID, number)
	same := subtle.ConstantTimeCompare([]byte(token), []byte(want)) == 1
	return same && known
}

// LinkHash is what the store keeps of a token: its SHA-256, 32 bytes.
func LinkHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// WellFormedLink tells whether a token has the form of one, before any key or
// database is asked.
func WellFormedLink(token string) bool {
	if len(token) != LinkLength || !validID(token[:idLength]) {
		return false
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(token[idLength:])
	return err == nil && len(mac) == sha256.Size // line breaks decode to nothing
}

func linkToken(id string, key []byte, purpose LinkPurpose, invitationID string, number int) string {
	mac := hmac.New(sha256.New, key)
	// The first and the last bar bound the invitation's id, whatever it holds.
	// hash.Hash never returns an error.
	_, _ = mac.Write([]byte(string(purpose) + "|" + invitationID + "|" + strconv.Itoa(number)))
	return id + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
