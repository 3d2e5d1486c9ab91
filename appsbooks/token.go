package appsbooks

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"heraut/fault"
)

// Token is a content token: what Apple School Manager or Apple Business gives
// an administrator for one location.
type Token struct {
	// Raw is the text of the file, which requests carry undecoded.
	Raw          Secret
	Organization string
	// ExpiresAt is the end that Apple set, a year after the download. Changing
	// the password of the account that downloaded the token ends it earlier.
	ExpiresAt time.Time
}

const (
	tokenField = "/token_file"
	// maxTokenFile is far above the few hundred bytes of a real token.
	maxTokenFile = 64 << 10
	// dateLayout is RFC 3339 but for the colon in the offset, which Apple's
	// dates lack.
	dateLayout = "2006-01-02T15:04:05-0700"
)

// ParseToken reads the downloaded file (*.vpptoken): the base64 of a JSON
// object. What is wrong with it comes as a *fault.Error with the pointer
// /token_file; no message repeats what the file says.
func ParseToken(file []byte) (Token, error) { return parseToken(file, time.Now()) }

func parseToken(file []byte, now time.Time) (Token, error) {
	t, problem := readToken(file)
	if problem == "" && !now.Before(t.ExpiresAt) {
		problem = "The content token expired on " + day(t.ExpiresAt) + ". Download a new one and install that."
	}
	if problem != "" {
		return Token{}, fault.Invalid(fault.Field{Pointer: tokenField, Message: problem})
	}
	return t, nil
}

func readToken(file []byte) (t Token, problem string) {
	// An editor may have put a byte order mark in front.
	text := bytes.TrimSpace(bytes.TrimPrefix(file, []byte("\ufeff")))
	switch {
	case len(text) == 0:
		return t, "Give the content token: the file that Apple School Manager or Apple Business lets you download."
	case len(text) > maxTokenFile:
		return t, "This file is too long to be a content token."
	}
	decoded, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return t, "This is not a content token: the file is not base64. Give the file as it was downloaded."
	}
	var said struct {
		Token   string `json:"token"`
		ExpDate string `json:"expDate"`
		OrgName string `json:"orgName"`
	}
	if err := json.Unmarshal(decoded, &said); err != nil {
		return t, "This is not a content token: it is base64 of something else."
	}
	if missing := missingOf("token", said.Token, "expDate", said.ExpDate, "orgName", said.OrgName); missing != "" {
		return t, "This is not a complete content token; it lacks " + missing + "."
	}
	expires, err := time.Parse(dateLayout, said.ExpDate)
	if err != nil {
		return t, "The content token's expDate is not a date."
	}
	return Token{
		Raw:          Secret(strings.Join(strings.Fields(string(text)), "")),
		Organization: said.OrgName,
		ExpiresAt:    expires.UTC(),
	}, ""
}

// missingOf lists the names whose values are empty; it takes them in turn.
func missingOf(pairs ...string) string {
	var names []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.TrimSpace(pairs[i+1]) == "" {
			names = append(names, pairs[i])
		}
	}
	return strings.Join(names, ", ")
}

// WarningDays are the days before a token's end at which an administrator is
// told, the earliest first.
func WarningDays() []int { return []int{60, 30, 14, 7, 1} }

// Expiry tells how many whole days the token is still valid (negative once it
// has expired) and, in the last 60 days, a sentence that warns.
func (t Token) Expiry(now time.Time) (days int, warning string) {
	left := t.ExpiresAt.Sub(now)
	days = int(left / (24 * time.Hour))
	switch {
	case left <= 0:
		return min(days, -1), "The content token of " + t.Organization + " expired on " + day(t.ExpiresAt) + ". Download a new one and install it."
	case days <= WarningDays()[0]:
		return days, fmt.Sprintf("The content token of %s expires on %s, in %s. Download a new one and install it.", t.Organization, day(t.ExpiresAt), count(days))
	}
	return days, ""
}

// WarningStep is the last of WarningDays that has been reached with that many
// days left, 0 for an expired token; ok is false before the first. A warning
// is due whenever the step differs from that of the last warning.
func WarningStep(days int) (step int, ok bool) {
	if days < 0 {
		return 0, true
	}
	for _, at := range WarningDays() {
		if days <= at {
			step, ok = at, true
		}
	}
	return step, ok
}

func count(days int) string {
	switch days {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	}
	return fmt.Sprintf("%d days", days)
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
