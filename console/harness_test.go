package console_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/console/signin"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// setup is who prepares what tests need.
var setup = people.System("test")

// house is the console over a real store, opened over a real socket by somebody
// of a role.
type house struct {
	t      *testing.T
	store  *store.Store
	keys   *secrets.Keyring
	engine *engine
	me     people.Administrator
	log    *syncBuffer
	pages  *console.Console
	url    string
	client *http.Client
	lang   string
	// phones counts the devices that were made.
	phones int
	// outside is what lies outside of the house.
	outside *outside
}

func newHouse(t *testing.T, change ...func(*console.Dependencies)) *house {
	t.Helper()
	h := &house{t: t, engine: &engine{}, log: &syncBuffer{}, lang: "en", outside: newOutside()}
	h.open()
	d := console.Dependencies{
		Log: slog.New(slog.NewJSONHandler(h.log, nil)), IPExtractor: echo.ExtractIPDirect(), Store: h.store, Plans: h.store, Spool: t.TempDir(),
		Settings: h.desk(), SignInLinks: office.SignInLinks{Store: h.store, URL: signInURL}, Preflight: h.outside,
		SignIn: signin.Dependencies{
			Store: h.store, OIDC: func(context.Context) (settings.OIDC, error) { return settings.OIDC{}, nil }, Log: slog.New(slog.DiscardHandler),
		},
		Organization: func(context.Context) (console.Organization, error) {
			return console.Organization{Name: "De Zonnebloem", Language: "nl"}, nil
		},
		Links: office.Links{
			PublicURL: "https://heraut.example.org", Secrets: h.keys, Store: h.store,
			MDM: func(context.Context) (settings.MDMServer, error) { return settings.DefaultMDMServer(), nil },
		},
		Office: office.Office{
			Engine: h.engine, Starts: h.store, HasContent: func(context.Context) (bool, error) { return true, nil },
			Later: func(_ context.Context, step string, err error) { t.Errorf("%s: %v", step, err) },
		},
	}
	withDirectories(h, &d)
	for _, f := range change {
		f(&d)
	}
	c, err := console.New(d)
	require.NoError(t, err)
	h.pages = c
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	h.url = server.URL
	h.administrator("root")
	h.me = h.administrator("ada")
	h.signIn()
	return h
}

// passphrase is everybody's, and hash what the store keeps of it.
const passphrase = "correct horse battery staple"

var hash = sync.OnceValue(func() string {
	h, err := secrets.NewPassphrases(1).Hash(context.Background(), passphrase)
	if err != nil {
		panic(err)
	}
	return h
})

// administrator makes somebody who can sign in.
func (h *house) administrator(login string) people.Administrator {
	h.t.Helper()
	a, err := h.store.CreateAdministrator(h.t.Context(), setup, people.Administrator{Name: "Ada Lovelace", Login: login, Role: people.Admin})
	require.NoError(h.t, err)
	a, err = h.store.SetPassphrase(h.t.Context(), setup, a.ID, hash())
	require.NoError(h.t, err)
	return a
}

// signIn begins a session in a new browser.
func (h *house) signIn() {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	h.client = &http.Client{Jar: jar}
	in := h.post("/sign-in", url.Values{"login": {h.me.Login}, "passphrase": {passphrase}})
	require.Equal(h.t, http.StatusSeeOther, in.status, in.text)
}

// become gives whoever is signed in another role, in a new session.
func (h *house) become(role people.Role) {
	h.t.Helper()
	h.prefer(func(a *people.Administrator) { a.Role = role })
	h.signIn()
}

// prefer changes the administrator who is signed in.
func (h *house) prefer(change func(*people.Administrator)) {
	h.t.Helper()
	_, err := h.store.UpdateAdministrator(h.t.Context(), setup, h.me.ID, nil, func(a people.Administrator) (people.Administrator, error) {
		change(&a)
		return a, nil
	})
	require.NoError(h.t, err)
}

func (h *house) open() {
	keys, err := secrets.Create(filepath.Join(h.t.TempDir(), "secrets"))
	require.NoError(h.t, err)
	h.keys = keys
	h.store, err = store.Open(h.t.Context(), store.Options{
		Path: filepath.Join(h.t.TempDir(), "heraut.db"), Sealer: keys, ClientUserID: func(id string) string { return "client-" + id },
		LinkHash: func(id string) []byte { return secrets.LinkHash(keys.Link(secrets.LinkPage, id, 1)) },
	})
	require.NoError(h.t, err)
	h.t.Cleanup(func() { require.NoError(h.t, h.store.Close()) })
	require.NoError(h.t, h.store.Migrate(h.t.Context()))
}

// answer is a page as it came.
type answer struct {
	status   int
	location string // of a redirect, or of htmx's
	header   http.Header
	text     string
}

// get opens a page; headers come in pairs.
func (h *house) get(path string, headers ...string) answer {
	return h.do(http.MethodGet, path, nil, headers...)
}

// post sends a form and does not follow where it leads.
func (h *house) post(path string, fields url.Values, headers ...string) answer {
	return h.do(http.MethodPost, path, fields, headers...)
}

func (h *house) do(method, path string, fields url.Values, headers ...string) answer {
	h.t.Helper()
	var body io.Reader
	if fields != nil {
		body = strings.NewReader(fields.Encode())
	}
	return h.body(method, path, body, headers...)
}

// body sends what a form made; headers come in pairs.
func (h *house) body(method, path string, body io.Reader, headers ...string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, body)
	require.NoError(h.t, err)
	r.Header.Set("Accept-Language", h.lang)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := *h.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	require.NoError(h.t, err)
	defer func() { _ = got.Body.Close() }() // it was read
	text, err := io.ReadAll(got.Body)
	require.NoError(h.t, err)
	location := got.Header.Get("Location") + got.Header.Get("HX-Redirect")
	return answer{status: got.StatusCode, location: location, header: got.Header, text: string(text)}
}

// words are what a page says, without its markup, in one line.
func (a answer) words() string {
	text := regexp.MustCompile(`<[^>]*>`).ReplaceAllString(a.text, " ")
	return strings.Join(strings.Fields(text), " ")
}

// user makes a user.
func (h *house) user(name string, change ...func(*people.User)) people.User {
	h.t.Helper()
	u := people.User{FullName: name}
	for _, f := range change {
		f(&u)
	}
	made, err := h.store.CreateUser(h.t.Context(), setup, u)
	require.NoError(h.t, err)
	return made
}

// engine writes down what it is told.
type engine struct {
	mu   sync.Mutex
	told []string
}

func (e *engine) tell(what string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told = append(e.told, what)
	return nil
}

func (e *engine) StartUser(_ context.Context, s invitation.Start) error {
	return e.tell("start user " + s.UserID)
}

func (e *engine) StartGroup(_ context.Context, id string) error { return e.tell("start send " + id) }

func (e *engine) StartBulk(_ context.Context, id string) error { return e.tell("start bulk " + id) }
func (e *engine) WakeUser(_ context.Context, id string) error  { return e.tell("wake user " + id) }
func (e *engine) WakeGroup(_ context.Context, id string) error { return e.tell("wake send " + id) }
func (e *engine) DistributeNow(context.Context) error          { return e.tell("distribute") }

// syncBuffer is a log that several may write.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
