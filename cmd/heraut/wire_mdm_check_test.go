package main

import (
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
)

// TestMDMCheck asks a NanoMDM server elsewhere whether it would take commands.
func TestMDMCheck(t *testing.T) {
	server := httptest.NewServer(nanoMDM("right"))
	t.Cleanup(server.Close)
	p := demoParts(t, t.TempDir())
	set := func(url, key string) {
		secret, err := json.Marshal(settings.MDMSecrets{APIKey: key, WebhookSecret: "0123456789abcdef"})
		require.NoError(t, err)
		doc := settings.MDMServer{Mode: settings.MDMExternal, URL: url, AnswerWithin: settings.Duration(time.Hour)}
		_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NameMDMServer, doc, secret, nil)
		require.NoError(t, err)
	}
	check := func() settings.Check { return preflight{parts: p}.mdm(t.Context()) }
	require.Equal(t, settings.Check{Name: "mdm", OK: true, Detail: "Devices enroll at Heraut's own MDM server."}, check())

	set(server.URL, "right")
	got := check()
	require.True(t, got.OK)
	require.Contains(t, got.Detail, "NanoMDM (version v0.9.0), answers and takes the API key.")
	require.Contains(t, got.Detail, "once a content token is installed")
	_, err := p.store.PutSetting(t.Context(), operatorKey, settings.NameContentToken, settings.ContentToken{UID: "1"}, []byte("x"), nil)
	require.NoError(t, err)
	require.NotContains(t, check().Detail, "content token")
	own := preflight{parts: p}.certificate(t.Context(), people.PushMDM)
	require.True(t, own.OK)
	require.Contains(t, own.Detail, "your own MDM server wakes its devices")

	set(server.URL, "wrong")
	require.Equal(t, settings.Check{Name: "mdm", Detail: "The MDM server does not accept the API key. Until then no invitation goes over it."}, check())
	set("http://127.0.0.1:1", "right")
	got = check()
	require.False(t, got.OK)
	require.Contains(t, got.Detail, "can not be reached")
}

// TestPreflightMissesAPushCertificate complains only where somebody could be
// invited by it.
func TestPreflightMissesAPushCertificate(t *testing.T) {
	p := demoParts(t, t.TempDir())
	check := func() settings.Check { return preflight{parts: p}.certificate(t.Context(), people.PushMDM) }
	require.True(t, check().OK)
	require.Contains(t, check().Detail, "PUT /v1/settings/push/mdm")

	queueCommand(t, p, "COMMAND-1") // with a token, and no certificate to speak of
	require.False(t, check().OK)
	require.Contains(t, check().Detail, "enrolled by MDM (1) can not be woken")
	require.NoError(t, p.store.DeleteSetting(t.Context(), operatorKey, settings.NameContentToken))
	require.True(t, check().OK, "nobody is invited by MDM without a token")
}

// TestMDMServerIsAskedBeforeItIsSet tells which field is to blame.
func TestMDMServerIsAskedBeforeItIsSet(t *testing.T) {
	server := httptest.NewServer(nanoMDM("right"))
	t.Cleanup(server.Close)
	p := demoParts(t, t.TempDir())
	p.config.PublicURL = "https://heraut.school.example"
	call := adminOf(t, p)
	put := func(url, key string) (int, string) {
		return call(http.MethodPut, "/v1/settings/mdm", map[string]any{"mode": "external", "url": url, "api_key": key, "webhook_secret": "0123456789abcdef"})
	}
	for _, c := range []struct{ url, key, pointer, reason string }{
		{server.URL, "wrong", "/api_key", "does not accept the API key"},
		{server.URL + "/elsewhere", "right", "/url", "not NanoMDM"},
		{"http://127.0.0.1:1", "right", "/url", "can not be reached"},
	} {
		status, answer := put(c.url, c.key)
		require.Equal(t, http.StatusUnprocessableEntity, status, answer)
		require.Contains(t, answer, `"`+c.pointer+`"`)
		require.Contains(t, answer, c.reason)
	}
	set, _, err := p.settings.mdmServer(t.Context())
	require.NoError(t, err)
	require.Equal(t, settings.MDMBuiltIn, set.Mode, "the old setting stays")
	status, answer := put(server.URL, "right")
	require.Equal(t, http.StatusOK, status, answer)
	require.NotContains(t, answer, "right")
	require.Contains(t, answer, `"https://heraut.school.example`+webhookPath+`"`, "where it is served")
}

// nanoMDM answers like a NanoMDM server that was started with a key.
func nanoMDM(right string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, key, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/version":
			_, _ = io.WriteString(w, `{"version":"v0.9.0"}`) // a client that is gone asks for nothing more
		case !strings.HasPrefix(r.URL.Path, "/v1/"):
			http.NotFound(w, r)
		case key != right:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"status":{"heraut-check":{"push_error":"push data missing for id"}}}`) // as above
		}
	}
}
