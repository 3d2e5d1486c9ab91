package signin_test

import (
	"bufio"
	"context"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"heraut/console/signin"
	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

const phrase = "correct horse battery"

// hash is that of phrase; making it for every administrator would take long.
var hash = sync.OnceValue(func() string {
	h, err := secrets.NewPassphrases(1).Hash(context.Background(), phrase)
	if err != nil {
		panic(err)
	}
	return h
})

// clock stands still where the test began, and is moved on by it: on a slow
// machine too, nobody waits long enough for another try.
type clock struct {
	began  time.Time
	mu     sync.Mutex
	offset time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.began.Add(c.offset)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// house is a console with a real store behind it.
type house struct {
	t      *testing.T
	store  *store.Store
	signin *signin.SignIn
	server *httptest.Server
	clock  *clock
	oidc   settings.OIDC
	http   *http.Client
	log    *strings.Builder
	// taken are the forms that reached a handler.
	taken chan url.Values
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return openHouse(t, false, nil)
}

func openHouse(t *testing.T, secure bool, client *http.Client) *house {
	t.Helper()
	h := &house{t: t, clock: &clock{began: time.Now()}, taken: make(chan url.Values, 100), log: &strings.Builder{}, http: client}
	var err error
	h.store, err = store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "heraut.db"), Now: h.clock.now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.store.Close()) })
	require.NoError(t, h.store.Migrate(t.Context()))
	e := echo.New()
	e.HTTPErrorHandler = problem
	e.IPExtractor = echo.ExtractIPFromXFFHeader()
	h.server = httptest.NewUnstartedServer(e)
	if secure {
		h.server.StartTLS()
	} else {
		h.server.Start()
	}
	t.Cleanup(h.server.Close)
	h.signin, err = signin.New(signin.Dependencies{
		Store: h.store, Pages: pages{}, BaseURL: h.server.URL, Now: h.clock.now, HTTP: client,
		OIDC: func(context.Context) (settings.OIDC, error) { return h.oidc, nil },
		Log:  slog.New(slog.NewTextHandler(&locked{w: h.log}, nil)),
	})
	require.NoError(t, err)
	h.signin.Register(e)
	h.routes(e)
	return h
}

// routes are what the console has behind the sign-in.
func (h *house) routes(e *echo.Echo) {
	form := func(c echo.Context) error {
		if err := c.Request().ParseForm(); err != nil {
			return err
		}
		h.taken <- c.Request().PostForm
		return c.String(http.StatusOK, "taken")
	}
	who := func(c echo.Context) error {
		a, _ := signin.Administrator(c.Request().Context())
		return c.String(http.StatusOK, "Hello "+a.Login)
	}
	e.GET("/", who, h.signin.SameOrigin, h.signin.Required)
	e.GET("/users", who, h.signin.SameOrigin, h.signin.Required)
	e.POST("/users", form, h.signin.SameOrigin, h.signin.Required, h.signin.Allow(people.Operator))
	e.POST("/bare", form, h.signin.Required)
	e.GET("/settings", who, h.signin.SameOrigin, h.signin.Required, h.signin.Allow(people.Admin))
}

func problem(err error, c echo.Context) {
	status := map[fault.Code]int{
		fault.Forbidden: http.StatusForbidden, fault.RateLimited: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge,
		fault.Malformed: http.StatusBadRequest, fault.Unavailable: http.StatusServiceUnavailable,
	}[fault.CodeOf(err)]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	_ = c.String(status, err.Error()) // the test sees it
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// admin makes an administrator with phrase for a passphrase.
func (h *house) admin(login string, role people.Role) people.Administrator {
	h.t.Helper()
	a, err := h.store.CreateAdministrator(h.t.Context(), people.System("test"), people.Administrator{Name: "Name of " + login, Login: login, Role: role})
	require.NoError(h.t, err)
	a, err = h.store.SetPassphrase(h.t.Context(), people.System("test"), a.ID, hash())
	require.NoError(h.t, err)
	return a
}

// link makes a one-time link for an administrator, or for the first one.
func (h *house) link(administratorID string) (token string) {
	h.t.Helper()
	token = secrets.NewToken()
	_, err := h.store.CreateSignInLink(h.t.Context(), people.System("test"), administratorID, secrets.LinkHash(token), time.Hour)
	require.NoError(h.t, err)
	return token
}

// browser keeps cookies and follows no redirect by itself.
type browser struct {
	h      *house
	client *http.Client
	from   string // an address, as a proxy tells it
}

func (h *house) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(h.t, err)
	return &browser{h: h, client: &http.Client{
		Jar: jar, Transport: h.server.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back.
type answer struct {
	status   int
	header   http.Header
	body     string
	location string
}

type header struct{ name, value string }

func (b *browser) do(method, path, contentType, body string, headers ...header) answer {
	b.h.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.h.server.URL + path
	}
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, path, strings.NewReader(body))
	require.NoError(b.h.t, err)
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if b.from != "" {
		r.Header.Set("X-Forwarded-For", b.from)
	}
	for _, one := range headers {
		r.Header.Set(one.name, one.value)
	}
	got, err := b.client.Do(r)
	require.NoError(b.h.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(b.h.t, err)
	return answer{got.StatusCode, got.Header, string(text), got.Header.Get("Location")}
}

func (b *browser) get(path string, headers ...header) answer {
	b.h.t.Helper()
	return b.do(http.MethodGet, path, "", "", headers...)
}

func (b *browser) post(path string, form url.Values, headers ...header) answer {
	b.h.t.Helper()
	return b.do(http.MethodPost, path, "application/x-www-form-urlencoded", form.Encode(), headers...)
}

// signIn signs in with phrase.
func (b *browser) signIn(login string) answer {
	b.h.t.Helper()
	return b.post("/sign-in", url.Values{"login": {login}, "passphrase": {phrase}})
}

func (b *browser) requireIn(login string) {
	b.h.t.Helper()
	got := b.get("/users")
	require.Equal(b.h.t, http.StatusOK, got.status, got.body)
	require.Equal(b.h.t, "Hello "+login, got.body)
}

func (b *browser) requireOut() {
	b.h.t.Helper()
	got := b.get("/users")
	require.Equal(b.h.t, http.StatusSeeOther, got.status, got.body)
	require.Equal(b.h.t, "/sign-in?next=%2Fusers", got.location)
}

// cookie is the session's token that the browser holds.
func (b *browser) cookie() string {
	b.h.t.Helper()
	u, err := url.Parse(b.h.server.URL)
	require.NoError(b.h.t, err)
	for _, c := range b.client.Jar.Cookies(u) {
		return c.Value
	}
	return ""
}

// pages shows the real templates in a bare frame.
type pages struct{}

// Show implements signin.Pages.
func (pages) Show(c echo.Context, status int, page string, data any) error {
	lang := "en"
	if a, ok := signin.Administrator(c.Request().Context()); ok && a.Language != "" {
		lang = a.Language
	}
	texts, err := readTexts(lang)
	if err != nil {
		return err
	}
	t, err := template.New("").Funcs(template.FuncMap{"t": texts.text}).ParseFiles("../templates/signin/" + page + ".html")
	if err != nil {
		return err
	}
	if t, err = t.New("frame").Parse(`<!doctype html><html><title>{{template "title" .}}</title><main>{{template "main" .}}</main></html>`); err != nil {
		return err
	}
	var text strings.Builder
	if err := t.Execute(&text, data); err != nil {
		return err
	}
	return c.HTML(status, text.String())
}

// texts are the strings of one language.
type texts map[string]string

// readTexts reads a file that has one string on each line.
func readTexts(lang string) (texts, error) {
	file, err := os.Open("../locales/signin." + lang + ".toml")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	all := texts{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), " = ")
		key, err := strconv.Unquote(key)
		if err != nil {
			return nil, err
		}
		if all[key], err = strconv.Unquote(value); err != nil {
			return nil, err
		}
	}
	return all, lines.Err()
}

func (all texts) text(key string, args ...any) (string, error) {
	text, known := all[key]
	if !known {
		return "", fmt.Errorf("there is no text %q", key)
	}
	for i := 0; i+1 < len(args); i += 2 {
		text = strings.ReplaceAll(text, fmt.Sprintf("{{.%v}}", args[i]), fmt.Sprint(args[i+1]))
	}
	return text, nil
}
