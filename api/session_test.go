package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api"
)

func TestEngineSession(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/engine-session", nil, as(h.viewer)).refused(403, "forbidden")
	got := h.post("/v1/engine-session", nil, as(h.operator))
	got.ok(http.StatusNoContent)
	cookie, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
	require.NoError(t, err)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.NotContains(t, cookie.Value, strings.SplitN(h.operator, "_", 3)[2])

	sessions := api.Sessions{Secrets: h.keys, Keys: h.store}
	valid := func(value string) bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1/codec/decode", http.NoBody)
		require.NoError(t, err)
		r.AddCookie(&http.Cookie{Name: cookie.Name, Value: value})
		return sessions.Valid(r)
	}
	require.True(t, valid(cookie.Value))
	parts := strings.Split(cookie.Value, ".")
	later := strings.Join([]string{parts[0], parts[1], "9999999999", parts[3]}, ".")
	other := strings.Join([]string{parts[0], strings.Split(h.admin, "_")[1], parts[2], parts[3]}, ".")
	for _, forged := range []string{"", "x", "...", cookie.Value + "A", cookie.Value[:len(cookie.Value)-1], later, other} {
		require.False(t, valid(forged), forged)
	}
	h.call(http.MethodDelete, "/v1/keys/"+strings.Split(h.operator, "_")[1], nil).ok(http.StatusNoContent)
	require.False(t, valid(cookie.Value), "a session ends with its key")
}

// TestEngineSessionAskedForTwice: a cookie is a secret, so no answer is kept.
func TestEngineSessionAskedForTwice(t *testing.T) {
	h := newHouse(t)
	for range 2 {
		got := h.post("/v1/engine-session", nil, as(h.operator), header{"Idempotency-Key", "again"})
		got.ok(http.StatusNoContent)
		require.NotEmpty(t, got.header.Get("Set-Cookie"))
	}
}

func TestEngineSessionFromTheTemporalUI(t *testing.T) {
	h := newHouse(t)
	for origin, allowed := range map[string]bool{"http://127.0.0.1:8233": true, "http://127.0.0.1:8234": false, "null": false, "https://evil.example": false} {
		for _, method := range []string{http.MethodOptions, http.MethodPost} {
			got := h.call(method, "/v1/engine-session", nil, header{"Origin", origin})
			require.Equal(t, http.StatusNoContent, got.status)
			require.Equal(t, allowed, got.header.Get("Access-Control-Allow-Origin") == origin, origin)
			require.Equal(t, allowed, got.header.Get("Access-Control-Allow-Credentials") == "true")
		}
	}
	require.Empty(t, h.call(http.MethodGet, "/v1/users", nil, header{"Origin", "http://127.0.0.1:8233"}).header.Get("Access-Control-Allow-Origin"))
}
