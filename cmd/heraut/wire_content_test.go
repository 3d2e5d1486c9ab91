package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

const bookOrg = "De Esdoorn"

// bookParts are parts whose Apple is a simulator.
func bookParts(t *testing.T) (*parts, *appsbookssim.Server) {
	t.Helper()
	return bookPartsWith(t, appsbookssim.Options{})
}

func bookPartsWith(t *testing.T, o appsbookssim.Options) (*parts, *appsbookssim.Server) {
	t.Helper()
	apple, err := appsbookssim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, apple.Close()) })
	p := demoParts(t, t.TempDir())
	p.config.PublicURL = "https://127.0.0.1:1" // nobody listens there
	p.config.AppsBooksURL, p.config.AppsBooksCA = apple.URL(), filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(p.config.AppsBooksCA, apple.CAPEM(), 0o600))
	return p, apple
}

func nextYear() time.Time { return time.Now().AddDate(1, 0, 0) }

// install keeps a token as the API does.
func install(t *testing.T, p *parts, file []byte) settings.ContentToken {
	t.Helper()
	_, secret, err := contentToken{p}.Read(t.Context(), string(file))
	require.NoError(t, err)
	claimed, err := contentToken{p}.Claim(t.Context(), secret, false)
	require.NoError(t, err)
	_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NameContentToken, claimed, secret, nil)
	require.NoError(t, err)
	return claimed
}

// reinstall changes what is known of the installed token.
func reinstall(t *testing.T, p *parts, c settings.ContentToken) {
	t.Helper()
	_, err := p.store.PutSetting(t.Context(), operatorKey, settings.NameContentToken, c, nil, nil)
	require.NoError(t, err)
}

func TestContentTokenClaimsItsLocation(t *testing.T) {
	p, apple := bookParts(t)
	file := append(apple.Token(bookOrg, nextYear()), '\n')
	read, _, err := contentToken{p}.Read(t.Context(), string(file))
	require.NoError(t, err)
	require.Nil(t, read.Owner)
	require.Zero(t, apple.ClaimedBy(bookOrg), "reading claims nothing")

	claimed := install(t, p, file)
	require.Equal(t, bookOrg, claimed.Organization)
	require.NotEmpty(t, claimed.UID)
	require.True(t, claimed.ClaimedByUs)
	require.Equal(t, &settings.LocationOwner{Name: "Heraut", Metadata: p.config.PublicURL}, claimed.Owner)
	id := apple.ClaimedBy(bookOrg).ID
	require.NotEmpty(t, id)
	install(t, p, apple.Token(bookOrg, nextYear()))
	require.Equal(t, id, apple.ClaimedBy(bookOrg).ID, "the id never changes")
}

func TestContentTokenRefusals(t *testing.T) {
	p, apple := bookParts(t)
	good, revoked := apple.Token(bookOrg, nextYear()), apple.Token(bookOrg, nextYear())
	apple.RevokeToken(revoked)
	scripted := func(number int) func() {
		return func() {
			require.NoError(t, apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Path: "/client/config", Status: 200, Number: number}}}))
		}
	}
	for name, c := range map[string]struct {
		file  string
		setUp func()
		code  fault.Code
		says  string
	}{
		"not base64":     {file: "%%%", code: fault.InvalidRequest, says: "not base64"},
		"something else": {file: base64.StdEncoding.EncodeToString([]byte("hello")), code: fault.InvalidRequest, says: "base64 of something else"},
		"expired":        {file: string(apple.Token(bookOrg, time.Now().Add(-time.Hour))), code: fault.InvalidRequest, says: "expired on"},
		"revoked":        {file: string(revoked), code: fault.InvalidRequest, says: "9625"},
		"expired there":  {file: string(good), setUp: scripted(9621), code: fault.InvalidRequest, says: "9621"},
		"new password":   {file: string(good), setUp: scripted(9601), code: fault.InvalidRequest, says: "9601"},
		"other refusal":  {file: string(good), setUp: scripted(9622), code: fault.InvalidRequest, says: "9622"},
		"maintenance":    {file: string(good), setUp: scripted(9644), code: fault.Unavailable, says: "Try again later"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, apple.SetScript(appsbookssim.Script{}))
			if c.setUp != nil {
				c.setUp()
			}
			_, _, err := contentToken{p}.Read(t.Context(), c.file)
			require.Equal(t, c.code, fault.CodeOf(err), err)
			require.ErrorContains(t, err, c.says)
			require.NotContains(t, err.Error(), c.file)
		})
	}
}

func TestContentTokenOfAnothersLocation(t *testing.T) {
	p, apple := bookParts(t)
	file := apple.Token(bookOrg, nextYear())
	apple.Claim(bookOrg, appsbookssim.MDMInfo{ID: "other", Name: "Other MDM", Metadata: "https://other.example"})
	_, err := contentToken{p}.Claim(t.Context(), file, false)
	require.Equal(t, fault.Conflict, fault.CodeOf(err))
	require.ErrorContains(t, err, "Other MDM")
	require.Equal(t, "other", apple.ClaimedBy(bookOrg).ID)
	_, err = contentToken{p}.Claim(t.Context(), file, true)
	require.NoError(t, err)
	require.Equal(t, "Heraut", apple.ClaimedBy(bookOrg).Name)
}

func TestPreflightOfAContentToken(t *testing.T) {
	p, apple := bookParts(t)
	check := func() settings.Check { return (&contentCheck{parts: p}).check(t.Context())[0] }
	require.True(t, check().OK)
	require.Contains(t, check().Detail, "No content token")

	file := apple.Token(bookOrg, nextYear())
	claimed := install(t, p, file)
	require.True(t, check().OK, check().Detail)
	require.Contains(t, check().Detail, "Apple decides who accepted")

	for days, want := range map[int]string{61: "is valid until", 59: "in 59 days", 1: "in 1 day.", 0: "less than a day"} {
		claimed.ExpiresAt = time.Now().Add(time.Duration(days)*24*time.Hour + time.Hour)
		reinstall(t, p, claimed)
		require.True(t, check().OK)
		require.Contains(t, check().Detail, want)
	}
	claimed.ExpiresAt = time.Now().Add(-time.Hour)
	reinstall(t, p, claimed)
	require.False(t, check().OK)
	require.Contains(t, check().Detail, "expired on")

	install(t, p, file)
	apple.Claim(bookOrg, appsbookssim.MDMInfo{ID: "other", Name: "Other MDM"})
	require.False(t, check().OK)
	require.Contains(t, check().Detail, "Other MDM")
	apple.RevokeToken(file)
	require.False(t, check().OK)
	require.Contains(t, check().Detail, "9625")
	require.NoError(t, apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Break: appsbookssim.Reset}}}))
	require.False(t, check().OK, "nobody new can be invited")
	require.Contains(t, check().Detail, "could not be asked")
}

func TestPreflightAsksAppleOnceAMinute(t *testing.T) {
	p, apple := bookParts(t)
	install(t, p, apple.Token(bookOrg, nextYear()))
	c := &contentCheck{parts: p}
	c.check(t.Context())
	asked := len(apple.Requests())
	require.True(t, c.check(t.Context())[0].OK)
	require.Len(t, apple.Requests(), asked)
	install(t, p, apple.Token(bookOrg, nextYear()))
	asked = len(apple.Requests())
	c.check(t.Context())
	require.Greater(t, len(apple.Requests()), asked, "another token is another question")
}

func TestSimulatePlaysAppsAndBooks(t *testing.T) {
	out := t.TempDir()
	var before string
	for range 2 {
		t.Run("start", func(t *testing.T) {
			printed := simulated(t, "--out", out)
			token, err := os.ReadFile(filepath.Join(out, booksTokenFile))
			require.NoError(t, err)
			p := demoParts(t, t.TempDir())
			_, url, _ := strings.Cut(printed, "Apps/Books  ")
			p.config.AppsBooksURL, p.config.AppsBooksCA = strings.Fields(url)[0], filepath.Join(out, booksCAFile)
			for _, file := range []string{before, string(token)} {
				if file != "" {
					_, _, err := contentToken{p}.Read(t.Context(), file)
					require.NoError(t, err)
				}
			}
			before = string(token)
		})
	}
}
