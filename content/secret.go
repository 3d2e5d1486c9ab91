package content

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that opens something: a content token, an invite code, an
// invite URL, the token of notifications. It is read from JSON as it is, and
// shows itself to logs, errors and JSON as "[redacted]"; string(s) is the text
// itself.
type Secret string

// Format implements fmt.Formatter for every verb.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.shown()) // a fmt.State takes everything
}

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

// MarshalJSON implements json.Marshaler.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown()) }

// shown tells no more than whether there is one.
func (s Secret) shown() string {
	if s == "" {
		return ""
	}
	return redacted
}
