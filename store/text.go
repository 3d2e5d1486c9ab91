package store

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// newID makes an id that sorts by time of making (UUIDv7).
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// Text is a string whose empty value is NULL: columns that are unique when
// not empty, and references.
type Text string

// Value implements driver.Valuer.
func (t Text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

// Scan implements sql.Scanner.
func (t *Text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = Text(v)
	case []byte:
		*t = Text(v)
	default:
		return fmt.Errorf("scanning a text from %T", src)
	}
	return nil
}
