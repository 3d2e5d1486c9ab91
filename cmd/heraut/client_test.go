package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answering serves handler and gives the flags that lead a command to it.
func answering(t *testing.T, handler http.HandlerFunc) []string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte("heraut_id_secret\n"), 0o600))
	return []string{"--server", server.URL, "--key-file", key}
}

func problem(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client's end tells
}

func TestKeyGoesAlongAndNowhereElse(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		assert.Fail(t, "a redirect was followed")
	}))
	defer stranger.Close()
	var seen atomic.Value
	flags := answering(t, func(w http.ResponseWriter, r *http.Request) {
		seen.Store(r.Header.Get("Authorization"))
		http.Redirect(w, r, stranger.URL, http.StatusTemporaryRedirect)
	})
	r := cli(t, append([]string{"preflight"}, flags...)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Equal(t, "Bearer heraut_id_secret", seen.Load())
	assert.Contains(t, r.errs, "no answer of Heraut")
}

func TestRefusalsAreSentences(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"fields": {func(w http.ResponseWriter, _ *http.Request) {
			problem(w, 422, map[string]any{
				"code": "invalid_request", "detail": "The request has an error.",
				"errors": []map[string]string{{"pointer": "/audience", "message": "Use not_invited."}},
			})
		}, "heraut: The request has an error; /audience: Use not_invited (invalid_request)\n"},
		"key": {func(w http.ResponseWriter, _ *http.Request) {
			problem(w, 401, map[string]any{"code": "unauthenticated", "detail": "This API key is not valid."})
		}, "This API key is not valid: name the file of a key that works with --key-file (unauthenticated)"},
		"escapes": {func(w http.ResponseWriter, _ *http.Request) {
			problem(w, 409, map[string]any{"code": "conflict", "detail": "\x1b[2JGone."})
		}, "heraut:  [2JGone (conflict)"},
		"web page": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprint(w, "<h1>Welcome</h1>") // the client's end tells
		}, "the server answers 200 OK, which is no answer of Heraut"},
		"other status": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusAccepted)
			_, _ = fmt.Fprint(w, "{}") // the client's end tells
		}, "the server answers 202 Accepted, which is no answer of Heraut"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := cli(t, append([]string{"preflight"}, answering(t, test.answer)...)...)
			assert.Equal(t, exitFailed, r.code)
			assert.Contains(t, r.errs, test.says)
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	flags := answering(t, nil)
	flags[1] = "http://127.0.0.1:1"
	r := cli(t, append([]string{"tasks"}, flags...)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "asking http://127.0.0.1:1: ")
	assert.Contains(t, r.errs, "start `heraut serve`, or name the API with --server")
}

func TestWatchBearsWithAnAPIThatRestarts(t *testing.T) {
	var looks atomic.Int32
	flags := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		if looks.Add(1) == 1 {
			problem(w, 503, map[string]any{"code": "unavailable", "detail": "The database is away."})
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"items": [], "next_cursor": null}`) // the client's end tells
	})
	out := done(t, append([]string{"tasks", "--watch"}, flags...)...)
	assert.Equal(t, "0 active tasks\n", out)
	assert.EqualValues(t, 2, looks.Load())
}

func TestWatchGivesUpOnARefusal(t *testing.T) {
	flags := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		problem(w, 403, map[string]any{"code": "forbidden", "detail": "This needs the role viewer."})
	})
	r := cli(t, append([]string{"tasks", "--watch"}, flags...)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "(forbidden)")
}
