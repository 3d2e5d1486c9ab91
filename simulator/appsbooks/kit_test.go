package appsbookssim_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

const org = "Example School"

// peer is a client that knows nothing but HTTP.
type peer struct {
	*appsbookssim.Server

	http  *http.Client
	token string
}

func newPeer(t *testing.T, o appsbookssim.Options) *peer {
	t.Helper()
	if o.EventDelay == 0 {
		o.EventDelay = time.Millisecond
	}
	s, err := appsbookssim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(s.CAPEM()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	return &peer{s, &http.Client{Transport: transport}, string(s.Token(org, time.Now().AddDate(1, 0, 0)))}
}

// answer is a status and the JSON that came with it.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) number() int {
	n, _ := a.body["errorNumber"].(float64)
	return int(n)
}

func (p *peer) ask(t *testing.T, method, path, body string, change ...func(*http.Request)) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, p.URL()+path, bytes.NewBufferString(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+p.token)
	r.Header.Set("Content-Type", "application/json")
	for _, f := range change {
		f(r)
	}
	response, err := p.http.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	a := answer{status: response.StatusCode, header: response.Header}
	require.NoError(t, json.Unmarshal(text, &a.body), "%s", text)
	return a
}

// settle posts and waits for the end of the event.
func (p *peer) settle(t *testing.T, path, body string) answer {
	t.Helper()
	started := p.ask(t, "POST", path, body)
	require.Equal(t, 200, started.status, "%v", started.body)
	var status answer
	require.Eventually(t, func() bool {
		status = p.ask(t, "GET", "/status?eventId="+at[string](t, started.body, "eventId"), "")
		return status.body["eventStatus"] != "PENDING"
	}, 10*time.Second, 2*time.Millisecond)
	return status
}

// at gives what lies deep in JSON; the path has keys and indices.
func at[T any](t *testing.T, value any, path ...any) T {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			require.True(t, ok, "%v at %s", value, step)
			value = object[step]
		case int:
			list, ok := value.([]any)
			require.True(t, ok, "%v at %d", value, step)
			require.Greater(t, len(list), step)
			value = list[step]
		}
	}
	found, ok := value.(T)
	require.True(t, ok, "%v at %v", value, path)
	return found
}
