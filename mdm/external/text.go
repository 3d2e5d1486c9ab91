package external

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxWords bounds what is kept of anybody's words, in bytes.
const maxWords = 500

// address is whatever reads as an address: NanoMDM's words about APNs hold
// the device token in one, and an invitation is one.
var address = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>]+`)

// words makes a server's text fit to be kept and shown: one line, without
// addresses, and without the command, which NanoMDM repeats after "raw
// content" when it can not read it and which holds the invite URL.
func words(text string) string {
	if at := strings.Index(strings.ToLower(text), "raw content"); at >= 0 {
		text = strings.TrimRight(text[:at], ": ")
	}
	return cut(address.ReplaceAllString(oneLine(text), "[address]"))
}

func oneLine(text string) string {
	text = strings.ToValidUTF8(text, "")
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == 0x2028 || r == 0x2029
	}), " ")
}

func cut(text string) string {
	if len(text) <= maxWords {
		return text
	}
	return strings.ToValidUTF8(text[:maxWords-3], "") + "..."
}

// retryAfter reads the header of that name: seconds or a date; 0 without one
// that can be read.
func retryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.Atoi(strings.TrimSpace(header)); err == nil {
		wait = time.Duration(min(max(seconds, 0), int(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}
