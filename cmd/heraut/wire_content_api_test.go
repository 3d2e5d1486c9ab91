package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// TestContentTokenStaysSecret installs a token over HTTP with everything real
// but Apple, and looks for it wherever it could have leaked to.
func TestContentTokenStaysSecret(t *testing.T) {
	p, apple := bookParts(t)
	var log bytes.Buffer
	p.log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler, err := p.rest("", t.TempDir(), newImporter(p.store, p.log))
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	defer server.Close()
	_, key, err := p.store.CreateKey(t.Context(), operatorKey, people.APIKey{Name: "k", Role: people.Admin})
	require.NoError(t, err)
	answers := ""
	call := func(method, path, body string, want int) {
		r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		response, err := server.Client().Do(r)
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.Equal(t, want, response.StatusCode, string(text))
		answers += string(text)
	}
	file := apple.Token(bookOrg, nextYear())
	body, err := json.Marshal(map[string]string{"token_file": string(file)})
	require.NoError(t, err)
	const path = "/v1/settings/content-token"
	call(http.MethodPut, path, string(body), 200)
	call(http.MethodGet, path, "", 200)
	call(http.MethodGet, "/v1/audit", "", 200)
	apple.RevokeToken(file)
	call(http.MethodPut, path, string(body), 422)
	call(http.MethodGet, path, "", 200)
	require.Contains(t, answers, "9625")
	server.Close() // nobody writes to the log any more

	stored := []byte{}
	files, err := filepath.Glob(p.config.StorePath() + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		stored = append(stored, content...)
	}
	require.NotContains(t, answers, string(file))
	require.NotContains(t, log.String(), string(file))
	require.False(t, bytes.Contains(stored, file), "sealed at rest")
}
