package main

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

// adminOf serves the parts' API and calls it as an administrator; a nil body is
// none.
func adminOf(t *testing.T, p *parts) func(method, path string, body any) (status int, answer string) {
	t.Helper()
	handler, err := p.rest("", t.TempDir(), newImporter(p.store, p.log))
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	_, key, err := p.store.CreateKey(t.Context(), operatorKey, people.APIKey{Name: "k", Role: people.Admin})
	require.NoError(t, err)
	return func(method, path string, body any) (int, string) {
		t.Helper()
		sent := ""
		if body != nil {
			encoded, err := json.Marshal(body)
			require.NoError(t, err)
			sent = string(encoded)
		}
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(sent))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+key)
		if body != nil {
			r.Header.Set("Content-Type", "application/json")
		}
		response, err := server.Client().Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(text)
	}
}

// TestRefusedTokenKeepsTheOldOne gives the API what administrators give by
// mistake.
func TestRefusedTokenKeepsTheOldOne(t *testing.T) {
	p, apple := bookParts(t)
	call := adminOf(t, p)
	const path = "/v1/settings/content-token"
	file := string(apple.Token(bookOrg, nextYear()))
	status, answer := call(http.MethodPut, path, map[string]any{"token_file": file})
	require.Equal(t, http.StatusOK, status, answer)
	status, before := call(http.MethodGet, path, nil)
	require.Equal(t, http.StatusOK, status, before)
	readOnly := appsbookssim.Script{Rules: []appsbookssim.Rule{{Method: http.MethodPost, Path: "/client/config", Status: http.StatusForbidden, Number: 9637}}}
	for name, c := range map[string]struct {
		file   string
		script appsbookssim.Script
		status int
		says   string
	}{
		"not base64":       {file: "a token?", status: 422, says: "not base64"},
		"something else":   {file: base64.StdEncoding.EncodeToString([]byte(`{"a":1}`)), status: 422, says: "lacks token"},
		"expired":          {file: string(apple.Token(bookOrg, time.Now().Add(-time.Hour))), status: 422, says: "expired on"},
		"another location": {file: string(apple.Token("De Linde", nextYear())), status: 409, says: "De Linde"},
		"read-only":        {file: string(apple.Token(bookOrg, nextYear())), script: readOnly, status: 422, says: "read and not manage (9637)"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, apple.SetScript(c.script))
			status, answer := call(http.MethodPut, path, map[string]any{"token_file": c.file})
			require.Equal(t, c.status, status, answer)
			require.Contains(t, answer, c.says)
			require.NotContains(t, answer, c.file)
			_, after := call(http.MethodGet, path, nil)
			require.Equal(t, before, after)
			kept, err := p.store.SettingSecret(t.Context(), settings.NameContentToken)
			require.NoError(t, err)
			require.Equal(t, file, string(kept))
		})
	}
	require.Empty(t, apple.ClaimedBy("De Linde"), "nothing was claimed")
}
