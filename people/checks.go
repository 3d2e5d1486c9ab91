package people

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"heraut/fault"
)

// checks gathers what is wrong, field by field.
type checks struct{ fields []fault.Field }

func (c *checks) add(pointer, message string) {
	c.fields = append(c.fields, fault.Field{Pointer: pointer, Message: message})
}

func (c *checks) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	return fault.Invalid(c.fields...)
}

func (c *checks) name(pointer, value string) {
	if strings.TrimSpace(value) == "" {
		c.add(pointer, "Give a name.")
		return
	}
	c.text(pointer, value, MaxName)
}

func (c *checks) text(pointer, value string, limit int) {
	switch {
	case !utf8.ValidString(value):
		c.add(pointer, "Use valid UTF-8.")
	case utf8.RuneCountInString(value) > limit:
		c.add(pointer, fmt.Sprintf("Use at most %d characters.", limit))
	case strings.ContainsFunc(value, forbidden):
		c.add(pointer, "Leave out line breaks and control characters.")
	}
}

// forbidden tells the characters that no single-line field may hold: controls,
// and the line and paragraph separators that mail headers break on.
func forbidden(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// email makes the light check that every stored address passes; package mail
// makes the full one before sending.
func (c *checks) email(pointer, value string) {
	if value == "" {
		return
	}
	local, domain, found := cutLast(value, "@")
	dotted := strings.Contains(domain, ".") && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".")
	bad := !found || local == "" || !dotted || len(value) > MaxEmail || strings.ContainsAny(domain, "[]<>\"()\\,;: ") ||
		strings.ContainsAny(local, "\"<>()\\,;:[] ") || strings.ContainsFunc(value, forbidden) || strings.Contains(local, "@")
	if bad {
		c.add(pointer, "Give an e-mail address such as name@example.org.")
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
