package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// JSON keeps a value as a JSON document in one column; NULL is the zero value.
type JSON[T any] struct{ V T }

// Value implements driver.Valuer. It writes a string, which both databases take.
func (j JSON[T]) Value() (driver.Value, error) {
	doc, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("encoding a document: %w", err)
	}
	return string(doc), nil
}

// Scan implements sql.Scanner.
func (j *JSON[T]) Scan(src any) error {
	var zero T
	j.V = zero
	switch v := src.(type) {
	case nil:
		return nil
	case string:
		return j.decode([]byte(v))
	case []byte:
		return j.decode(v)
	default:
		return fmt.Errorf("scanning a document from %T", src)
	}
}

func (j *JSON[T]) decode(doc []byte) error {
	if err := json.Unmarshal(doc, &j.V); err != nil {
		return fmt.Errorf("decoding a document: %w", err)
	}
	return nil
}
