package store

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// Time is a moment in UTC to the microsecond, as both databases keep it. The
// zero Time is NULL.
//
//nolint:recvcheck // scanning needs a pointer, and values without one are what queries take
type Time struct{ time.Time }

// timeLayout has a fixed width, so that text sorts by time.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// At makes a Time of t.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Truncate(time.Microsecond).Format(timeLayout), nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = Time{}
		return nil
	case time.Time:
		*t = At(v)
		return nil
	case string:
		return t.parse(v)
	case []byte:
		return t.parse(string(v))
	default:
		return fmt.Errorf("scanning a time from %T", src)
	}
}

func (t *Time) parse(text string) error {
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("scanning a time: %w", err)
	}
	*t = At(parsed)
	return nil
}
