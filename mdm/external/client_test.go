package external_test

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/freeport"
	"heraut/invitation"
	"heraut/mdm/external"
)

func TestAnswersWithoutAResult(t *testing.T) {
	other := newDouble(t, reply{status: 200, body: `{"status":{"x":{}}}`})
	for name, c := range map[string]struct {
		answer reply
		class  invitation.Class
		words  string
		wait   time.Duration
	}{
		"wrong key":             {reply{status: 401}, invitation.RouteDown, "API key", 0},
		"not allowed":           {reply{status: 403}, invitation.RouteDown, "API key", 0},
		"started without -api":  {reply{status: 404, body: "404 page not found\n"}, invitation.RouteDown, "-api", 0},
		"a page":                {reply{status: 200, body: "<html>Sign in to the network</html>"}, invitation.RouteDown, "not NanoMDM", 0},
		"other JSON":            {reply{status: 200, body: `{"version":"1.12"}`}, invitation.RouteDown, "not NanoMDM", 0},
		"an array":              {reply{status: 200, body: `[]`}, invitation.RouteDown, "not NanoMDM", 0},
		"another's command":     {reply{status: 200, body: `{"command_uuid":"C-2","no_push":true}`}, invitation.RouteDown, "not NanoMDM", 0},
		"elsewhere":             {reply{status: 307, header: http.Header{"Location": {other.URL}}}, invitation.RouteDown, "elsewhere", 0},
		"a proxy without it":    {reply{status: 502, body: "bad gateway"}, invitation.RouteDown, "does not reach", 0},
		"a proxy that waits":    {reply{status: 503, header: http.Header{"Retry-After": {"120"}}}, invitation.RouteDown, "does not reach", 2 * time.Minute},
		"a proxy that gives up": {reply{status: 504}, invitation.RouteDown, "does not reach", 0},
		"a server that fell":    {reply{status: 500, body: "panic"}, invitation.Later, "has an error", 0},
		"too many":              {reply{status: 429, header: http.Header{"Retry-After": {"7"}}}, invitation.Later, "later", 7 * time.Second},
		"too many for years":    {reply{status: 429, header: http.Header{"Retry-After": {"999999999"}}}, invitation.Later, "later", 24 * time.Hour},
		"too long":              {reply{status: 413}, invitation.Refused, "too long", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDouble(t, c.answer)
			got := newClient(t, d.URL).Enqueue(t.Context(), device, uuid, command(uuid))
			require.Equal(t, c.class, got.Class, got.Answer)
			require.Equal(t, c.answer.status, got.Code)
			require.Contains(t, got.Answer, c.words)
			require.Equal(t, c.wait, got.RetryAfter)
			require.False(t, got.InQueue)
		})
	}
	require.Empty(t, other.calls, "the key must not travel on")
}

func TestRouteThatIsDown(t *testing.T) {
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(secure.Close)
	plain := newDouble(t)
	closed, err := freeport.Address()
	require.NoError(t, err)
	for name, c := range map[string]struct{ url, words string }{
		"nobody listens": {"http://" + closed, "can not be reached"},
		"no such name":   {"https://mdm.invalid", "can not be reached"},
		"unknown issuer": {secure.URL, "not trusted"},
		"no TLS":         {"https" + plain.URL[len("http"):], "can not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			got := newClient(t, c.url).Enqueue(t.Context(), device, uuid, command(uuid))
			require.Equal(t, invitation.RouteDown, got.Class, got.Answer)
			require.Contains(t, got.Answer, c.words)
			require.NotContains(t, got.Answer, device)
		})
	}
}

func TestRootsOfItsOwn(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"status":{%q:{"push_result":"E0-1"}}}`, device) // the client's Taken shows that it came
	}))
	t.Cleanup(server.Close)
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	client := newClient(t, server.URL, func(o *external.Options) { o.RootCAs = pool })
	require.Equal(t, invitation.Taken, client.Push(t.Context(), device).Class)
}

func TestAnswerThatNeverComesIsAskedForAgain(t *testing.T) {
	asked := make(chan struct{}, 1)
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that a client is gone
		asked <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(silent.Close)
	cut := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	t.Cleanup(cut.Close)

	hasty := newClient(t, silent.URL, func(o *external.Options) { o.Timeout = 50 * time.Millisecond })
	got := hasty.Enqueue(t.Context(), device, uuid, command(uuid))
	require.Equal(t, invitation.Later, got.Class, "a repeated command is harmless, so nothing is unknown")
	require.Contains(t, got.Answer, "within 50ms")
	require.Positive(t, got.RetryAfter)
	<-asked

	got = newClient(t, cut.URL).Enqueue(t.Context(), device, uuid, command(uuid))
	require.Equal(t, invitation.Later, got.Class)
	require.Contains(t, got.Answer, "broke")

	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-asked; cancel() }()
	got = newClient(t, silent.URL).Enqueue(ctx, device, uuid, command(uuid))
	require.Equal(t, invitation.Later, got.Class)
	require.Contains(t, got.Answer, "Stopped")
}

func TestCheckAndVersion(t *testing.T) {
	missing := `{"status":{"heraut-check":{"push_error":"push data missing for id"}}}`
	d := newDouble(t, reply{status: 500, body: missing}, reply{status: 200, body: `{"version":"v0.9.0"}`}, reply{status: 200, body: `<html>`})
	client := newClient(t, d.URL)
	require.NoError(t, client.Check(t.Context()))
	version, err := client.Version(t.Context())
	require.NoError(t, err)
	require.Equal(t, "v0.9.0", version)
	_, err = client.Version(t.Context())
	require.True(t, fault.Is(err, fault.Unavailable))

	wrong := newClient(t, d.URL, func(o *external.Options) { o.APIKey = "another" })
	err = wrong.Check(t.Context())
	require.True(t, fault.Is(err, fault.Unauthenticated))
	require.ErrorContains(t, err, "API key")
	require.NotContains(t, err.Error(), "another")
}

func TestClientNeedsAddressAndKey(t *testing.T) {
	for _, url := range []string{"", "mdm.example.org", "ftp://mdm.example.org", "https://", "https://u:hunter2@mdm.example.org", "https://mdm.example.org?x=1", "http://a b"} {
		_, err := external.NewClient(external.Options{URL: url, APIKey: apiKey})
		require.ErrorContains(t, err, "address", "%q", url)
		require.NotContains(t, err.Error(), "hunter2")
	}
	_, err := external.NewClient(external.Options{URL: "https://mdm.example.org"})
	require.ErrorContains(t, err, "key")
	require.NotContains(t, fmt.Sprintf("%+v", external.Options{APIKey: apiKey}), apiKey)
}
