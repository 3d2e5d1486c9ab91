package engine_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/engine"
)

func get(t *testing.T, url, host string) (status int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	request.Host = host
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(text)
}

func TestTheUIShowsTheEngineAndAsksHerautToDecode(t *testing.T) {
	e := start(t, engine.Options{
		Dir:           t.TempDir(),
		UIListen:      "127.0.0.1:0",
		CodecEndpoint: "http://127.0.0.1:8080/codec",
	})
	base := "http://" + e.UIAddress()

	status, page := get(t, base+"/namespaces/default/workflows", "")
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "<!doctype html>")

	status, text := get(t, base+"/api/v1/settings", "")
	require.Equal(t, http.StatusOK, status)
	var settings struct {
		DefaultNamespace string `json:"DefaultNamespace"`
		DisableNewsFetch bool   `json:"DisableNewsFetch"`
		Codec            struct {
			Endpoint           string `json:"Endpoint"`
			IncludeCredentials bool   `json:"IncludeCredentials"`
		} `json:"Codec"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &settings))
	require.Equal(t, "default", settings.DefaultNamespace)
	require.True(t, settings.DisableNewsFetch)
	require.Equal(t, "http://127.0.0.1:8080/codec", settings.Codec.Endpoint)
	require.True(t, settings.Codec.IncludeCredentials)

	status, text = get(t, base+"/api/v1/namespaces/default", "")
	require.Equal(t, http.StatusOK, status, text)
	require.Contains(t, text, `"default"`)
}

func TestTheUIAnswersThisMachineOnly(t *testing.T) {
	e := start(t, engine.Options{Dir: t.TempDir(), UIListen: "127.0.0.1:0"})
	base := "http://" + e.UIAddress()

	for _, host := range []string{"evil.example", "evil.example:8233", "192.0.2.1", "127.0.0.1.evil.example"} {
		status, _ := get(t, base+"/api/v1/namespaces", host)
		require.Equal(t, http.StatusMisdirectedRequest, status, host)
	}
	for _, host := range []string{"localhost:8233", "127.0.0.1", "[::1]:8233"} {
		status, _ := get(t, base+"/api/v1/namespaces", host)
		require.Equal(t, http.StatusOK, status, host)
	}
}

func TestTheUIRefusesWritesFromOtherSites(t *testing.T) {
	e := start(t, engine.Options{Dir: t.TempDir(), UIListen: "127.0.0.1:0"})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"http://"+e.UIAddress()+"/api/v1/namespaces/default/workflows/x/terminate", http.NoBody)
	require.NoError(t, err)
	request.Header.Set("Origin", "http://evil.example")
	request.Header.Set("Sec-Fetch-Site", "cross-site")

	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusForbidden, response.StatusCode)
}
