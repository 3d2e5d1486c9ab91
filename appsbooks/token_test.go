package appsbooks_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/fault"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func tokenFile(content string) string { return base64.StdEncoding.EncodeToString([]byte(content)) }

func TestParseToken(t *testing.T) {
	file := tokenFile(`{"token":"secret","expDate":"2026-11-08T22:33:22-0700","orgName":"ORG12345"}`)
	for name, text := range map[string]string{
		"as downloaded":        file,
		"with white space":     " \r\n" + file + "\n\n",
		"with byte order mark": "\ufeff" + file,
		"in lines":             file[:40] + "\r\n" + file[40:] + "\n",
	} {
		token, err := appsbooks.ParseTokenAt([]byte(text), now)
		require.NoError(t, err, name)
		require.Equal(t, appsbooks.Token{
			Raw: appsbooks.Secret(file), Organization: "ORG12345",
			ExpiresAt: time.Date(2026, 11, 9, 5, 33, 22, 0, time.UTC),
		}, token, name)
	}
}

func TestParseTokenSaysWhatIsWrong(t *testing.T) {
	good := `{"token":"secret-words","expDate":"2026-11-08T22:33:22+0000","orgName":"ORG"}`
	for name, c := range map[string]struct{ file, words string }{
		"empty":              {" \n", "Give the content token"},
		"not base64":         {"*** not base64 ***", "not base64"},
		"a plist":            {"<?xml version=\"1.0\"?><plist/>", "not base64"},
		"cut":                {tokenFile(good)[:51], "not base64"},
		"of something else":  {tokenFile("PK\x03\x04 a zip"), "base64 of something else"},
		"of a JSON array":    {tokenFile(`["token"]`), "base64 of something else"},
		"of an empty object": {tokenFile(`{}`), "lacks token, expDate, orgName"},
		"without a token":    {tokenFile(`{"expDate":"2026-11-08T22:33:22+0000","orgName":"ORG"}`), "lacks token"},
		"without a date":     {tokenFile(`{"token":"secret-words","orgName":"ORG"}`), "lacks expDate"},
		"date with a colon":  {tokenFile(strings.Replace(good, "+0000", "+00:00", 1)), "not a date"},
		"expired":            {tokenFile(strings.Replace(good, "2026-11", "2026-02", 1)), "expired on 8 February 2026"},
		"far too long":       {strings.Repeat("QUJD", 100_000), "too long"},
	} {
		_, err := appsbooks.ParseTokenAt([]byte(c.file), now)
		require.Equal(t, fault.InvalidRequest, fault.CodeOf(err), name)
		require.ErrorContains(t, err, "/token_file: ", name)
		require.ErrorContains(t, err, c.words, name)
		require.NotContains(t, err.Error(), "secret-words", name)
	}
}

func TestTokenExpiry(t *testing.T) {
	for _, c := range []struct {
		left  time.Duration
		days  int
		step  int
		warns string
	}{
		{61 * 24 * time.Hour, 61, -1, ""},
		{60*24*time.Hour + time.Hour, 60, 60, "in 60 days"},
		{31 * 24 * time.Hour, 31, 60, "in 31 days"},
		{30 * 24 * time.Hour, 30, 30, "in 30 days"},
		{14 * 24 * time.Hour, 14, 14, "in 14 days"},
		{7 * 24 * time.Hour, 7, 7, "in 7 days"},
		{2 * 24 * time.Hour, 2, 7, "in 2 days"},
		{25 * time.Hour, 1, 1, "in 1 day."},
		{time.Hour, 0, 1, "in less than a day"},
		{0, -1, 0, "expired on 1 March 2026"},
		{-49 * time.Hour, -2, 0, "expired on 27 February 2026"},
	} {
		days, warning := appsbooks.Token{Organization: "ORG", ExpiresAt: now.Add(c.left)}.Expiry(now)
		require.Equal(t, c.days, days, c.left)
		if c.warns == "" {
			require.Empty(t, warning)
		} else {
			require.Contains(t, warning, c.warns)
		}
		step, ok := appsbooks.WarningStep(days)
		require.Equal(t, c.step >= 0, ok, c.left)
		require.Equal(t, max(c.step, 0), step, c.left)
	}
}
