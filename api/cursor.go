package api

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/oapi-codegen/nullable"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
)

// defaultLimit is the length of a page where the caller does not say.
const defaultLimit = 50

// paging is one request for a page of a list.
type paging struct {
	after people.Cursor
	limit int
	keys  *secrets.Keyring
	// scope names the list and its filters: a cursor is good for them alone.
	scope []byte
}

// page reads the paging parameters of a list. The filter is anything that
// encodes to JSON and tells one filter from another.
func (h *handlers) page(list string, filter any, limit *int32, cursor *string) (paging, error) {
	scope, err := json.Marshal([]any{list, filter})
	if err != nil {
		return paging{}, fmt.Errorf("naming list %s: %w", list, err)
	}
	p := paging{limit: defaultLimit, keys: h.d.Secrets, scope: scope}
	if limit != nil {
		p.limit = int(*limit)
	}
	if cursor == nil {
		return p, nil
	}
	if p.after, err = p.open(*cursor); err != nil {
		return p, fault.Invalid(fault.Field{Pointer: "cursor", Message: "Use the next_cursor of the page before, with the same filters."})
	}
	return p, nil
}

// next seals the place where the following page begins. Cursors are encrypted,
// because sort keys are people's names and URLs end up in logs.
func (p paging) next(after *people.Cursor) (nullable.Nullable[string], error) {
	if after == nil {
		return nullable.NewNullNullable[string](), nil
	}
	plain, err := json.Marshal(after)
	if err != nil {
		return nil, fmt.Errorf("writing a cursor: %w", err)
	}
	id, key := p.keys.Current(secrets.ForCursor)
	aead, err := cursorCipher(key)
	if err != nil {
		return nil, err
	}
	box := aead.Seal([]byte(id), nil, plain, p.scope)
	return nullable.NewNullableWithValue(base64.RawURLEncoding.EncodeToString(box)), nil
}

// keyIDLength is how long the id of a master key is.
const keyIDLength = 4

func (p paging) open(cursor string) (people.Cursor, error) {
	var after people.Cursor
	box, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(box) < keyIDLength {
		return after, fmt.Errorf("reading a cursor: %w", secrets.ErrSealBroken)
	}
	key, known := p.keys.ByID(secrets.ForCursor, string(box[:keyIDLength]))
	if !known {
		return after, fmt.Errorf("reading a cursor: %w", secrets.ErrKeyUnknown)
	}
	aead, err := cursorCipher(key)
	if err != nil {
		return after, err
	}
	plain, err := aead.Open(nil, nil, box[keyIDLength:], p.scope)
	if err != nil {
		return after, fmt.Errorf("opening a cursor: %w", err)
	}
	if err := json.Unmarshal(plain, &after); err != nil {
		return after, fmt.Errorf("reading a cursor: %w", err)
	}
	return after, nil
}

func cursorCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("making the cipher of cursors: %w", err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
