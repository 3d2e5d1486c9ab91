package appsbooks_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

const org = "Example School"

// quick is a polling rule for events that take a millisecond.
var quick = appsbooks.Polling{First: time.Millisecond, Between: time.Millisecond, Stuck: 20 * time.Second}

// place is a simulated Apple with a client of one location.
type place struct {
	apple  *appsbookssim.Server
	client *appsbooks.Client
	token  appsbooks.Token
	log    *syncBuffer
}

// newPlace starts one; requests are not limited unless o says so.
func newPlace(t *testing.T, o appsbookssim.Options, change ...func(*appsbooks.Options)) *place {
	t.Helper()
	limits := map[string]int{"maxRequestPerSecond": 100_000}
	maps.Copy(limits, o.Limits)
	o.Limits = limits
	if o.EventDelay == 0 {
		o.EventDelay = time.Millisecond
	}
	apple, err := appsbookssim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, apple.Close()) })
	p := &place{apple: apple, log: &syncBuffer{}}
	p.token, err = appsbooks.ParseToken(apple.Token(org, time.Now().AddDate(1, 0, 0)))
	require.NoError(t, err)
	p.client = p.another(t, p.token, change...)
	return p
}

// another makes one more client of the same Apple.
func (p *place) another(t *testing.T, token appsbooks.Token, change ...func(*appsbooks.Options)) *appsbooks.Client {
	t.Helper()
	options := appsbooks.Options{
		MDM:      appsbooks.MDMInfo{ID: "heraut-1", Name: "Heraut", Metadata: "test"},
		BaseURL:  p.apple.URL(),
		RootCAs:  roots(t, p.apple.CAPEM()),
		Patience: -1,
		Logger:   slog.New(slog.NewJSONHandler(p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&options)
	}
	client, err := appsbooks.NewClient(token, options)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func (p *place) script(t *testing.T, rules ...appsbookssim.Rule) {
	t.Helper()
	require.NoError(t, p.apple.SetScript(appsbookssim.Script{Rules: rules}))
}

// create registers users and waits for the end.
func (p *place) create(t *testing.T, users ...appsbooks.NewUser) []appsbooks.Event {
	t.Helper()
	submissions, err := p.client.CreateUsers(t.Context(), users)
	require.NoError(t, err)
	return p.await(t, submissions)
}

func (p *place) await(t *testing.T, submissions []appsbooks.Submission) []appsbooks.Event {
	t.Helper()
	events := make([]appsbooks.Event, len(submissions))
	for i, s := range submissions {
		var err error
		events[i], err = p.client.Await(t.Context(), s, quick, nil)
		require.NoError(t, err)
	}
	return events
}

// users reads users into one list.
func (p *place) users(t *testing.T, q appsbooks.UserQuery) (list []appsbooks.User, version string) {
	t.Helper()
	version, err := p.client.Users(t.Context(), q, func(page []appsbooks.User) error {
		list = append(list, page...)
		return nil
	})
	require.NoError(t, err)
	return list, version
}

func newUsers(n int) []appsbooks.NewUser {
	users := make([]appsbooks.NewUser, n)
	for i := range users {
		users[i].ClientUserID = fmt.Sprintf("u-%04d", i)
	}
	return users
}

// paths counts the requests to a path.
func (p *place) paths(path string) (n int) {
	for _, r := range p.apple.Requests() {
		if r.Path == path {
			n++
		}
	}
	return n
}

func roots(t *testing.T, pem []byte) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	return pool
}

// syncBuffer is a log that several goroutines write.
type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// rootsOf is the authority of a test server.
func rootsOf(t *testing.T, server *httptest.Server) *x509.CertPool {
	t.Helper()
	transport, ok := server.Client().Transport.(*http.Transport)
	require.True(t, ok)
	return transport.TLSClientConfig.RootCAs
}
