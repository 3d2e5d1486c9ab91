package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"strings"
)

// codeLength is the length of a code, in characters of five bits each.
const codeLength = 10

// codeAlphabet has no I, L, O and U, which a person takes for 1, 1, 0 and V.
const codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Code makes the code that a person types instead of opening a link, with the
// current key: "7KQF2-9XM4T", 50 bits. The same link gives the same code.
func (k *Keyring) Code(linkID string) string {
	_, key := k.Current(ForCode)
	mac := macOf(key, "code|"+linkID)
	text := make([]byte, codeLength)
	for i := range text {
		text[i] = codeAlphabet[mac[i]%32]
	}
	return string(text[:codeLength/2]) + "-" + string(text[codeLength/2:])
}

// CodeHash is what the store keeps of a code that Code made. It is a MAC: a
// plain hash of 50 bits could be tried out by whoever reads the database.
func (k *Keyring) CodeHash(code string) []byte {
	_, key := k.Current(ForCode)
	return macOf(key, "hash|"+readCode(code))
}

// CodeHashes are what the store may have kept of a code as a person typed it,
// one for each key, the newest first; none where it can not be a code. Case,
// spaces and dashes do not count, and what looks alike is read alike.
func (k *Keyring) CodeHashes(typed string) [][]byte {
	code := readCode(typed)
	if len(code) != codeLength || strings.Trim(code, codeAlphabet) != "" {
		return nil
	}
	var hashes [][]byte
	for _, id := range slices.Backward(k.ids) {
		key, _ := k.ByID(ForCode, id) // every key of the ring is derived for every purpose
		hashes = append(hashes, macOf(key, "hash|"+code))
	}
	return hashes
}

// readCode brings what a person typed into the form of the alphabet. What is
// far too long is no code and is not looked at.
func readCode(typed string) string {
	if len(typed) > 8*codeLength {
		return ""
	}
	return strings.NewReplacer("-", "", " ", "", "I", "1", "L", "1", "O", "0", "U", "V").
		Replace(strings.ToUpper(typed))
}

func macOf(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(text)) // a hash never fails
	return mac.Sum(nil)
}
