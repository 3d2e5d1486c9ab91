package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/settings"
)

// TestMDMCheck asks a NanoMDM server elsewhere whether it would take commands.
func TestMDMCheck(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, key, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/version":
			_, _ = io.WriteString(w, `{"version":"v0.9.0"}`) // a client that is gone asks for nothing more
		case key != "right":
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, `{"status":{"heraut-check":{"push_error":"push data missing for id"}}}`) // as above
		}
	}))
	t.Cleanup(server.Close)
	p := demoParts(t, t.TempDir())
	set := func(url, key string) {
		secret, err := json.Marshal(settings.MDMSecrets{APIKey: key, WebhookSecret: "0123456789abcdef"})
		require.NoError(t, err)
		doc := settings.MDMServer{Mode: settings.MDMExternal, URL: url, AnswerWithin: settings.Duration(time.Hour)}
		_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NameMDMServer, doc, secret, nil)
		require.NoError(t, err)
	}
	check := preflight{parts: p}
	require.Empty(t, check.mdmServer(t.Context()), "the built-in server has nothing to ask")

	set(server.URL, "right")
	require.Equal(t, []settings.Check{{Name: "mdm_server", OK: true, Detail: "NanoMDM (version v0.9.0) answers and takes the API key."}}, check.mdmServer(t.Context()))
	set(server.URL, "wrong")
	require.Equal(t, []settings.Check{{
		Name: "mdm_server", Detail: "The MDM server does not accept the API key. Until then no invitation goes over it.",
	}}, check.mdmServer(t.Context()))
	set("http://127.0.0.1:1", "right")
	got := check.mdmServer(t.Context())
	require.Len(t, got, 1)
	require.False(t, got[0].OK)
	require.Contains(t, got[0].Detail, "can not be reached")
}
