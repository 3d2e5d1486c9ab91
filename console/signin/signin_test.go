package signin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe@example.org", people.Viewer)
	b := h.browser()
	b.requireOut()
	page := b.get("/sign-in?next=%2Fusers%3Fq%3Da")
	require.Equal(t, http.StatusOK, page.status)
	require.Equal(t, "no-store", page.header.Get("Cache-Control"))
	for _, part := range []string{`value="/users?q=a"`, `autocomplete="username"`, `autocomplete="current-password"`, `<label for="login">`} {
		require.Contains(t, page.body, part)
	}
	require.Empty(t, page.header.Get("Set-Cookie"), "who only looks gets no session")

	got := b.post("/sign-in", url.Values{"login": {" ZOE@example.org"}, "passphrase": {phrase}, "next": {"/users?q=a"}})
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	require.Equal(t, "/users?q=a", got.location)
	b.requireIn("zoe@example.org")
	require.Equal(t, "/users", b.get("/sign-in?next=%2Fusers").location, "who is signed in goes on")

	other := h.browser()
	other.signIn("zoe@example.org")
	require.NotEqual(t, b.cookie(), other.cookie())
	old := b.cookie()
	require.Equal(t, "/sign-in", b.post("/sign-out", nil).location)
	b.requireOut()
	other.requireIn("zoe@example.org")
	replayed := h.browser()
	require.Equal(t, http.StatusSeeOther, replayed.get("/users", header{"Cookie", "heraut_session=" + old}).status, "the token is worth nothing any more")
}

func TestSignInTellsNothing(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	_, err := h.store.CreateAdministrator(t.Context(), people.System("test"), people.Administrator{Name: "i", Login: "invited", Role: people.Viewer})
	require.NoError(t, err)
	bodies := map[string]bool{}
	for _, login := range []string{"zoe", "nobody", "invited"} {
		got := h.browser().post("/sign-in", url.Values{"login": {login}, "passphrase": {"wrong " + phrase}})
		require.Equal(t, http.StatusUnauthorized, got.status)
		require.Contains(t, got.body, `role="alert"`)
		require.Contains(t, got.body, `aria-describedby="form-error"`)
		require.NotContains(t, got.body, "wrong "+phrase)
		bodies[strings.ReplaceAll(got.body, login, "")] = true
	}
	require.Len(t, bodies, 1, "a wrong passphrase, nobody's login and an open invitation look the same")
	for _, empty := range []url.Values{nil, {"login": {"invited"}}, {"login": {"zoe"}, "passphrase": {""}}} {
		require.Equal(t, http.StatusUnauthorized, h.browser().post("/sign-in", empty).status)
	}
}

func TestCookie(t *testing.T) {
	for name, secure := range map[string]bool{"heraut_session": false, "__Host-heraut_session": true} {
		h := openHouse(t, secure, nil)
		h.admin("zoe", people.Viewer)
		b := h.browser()
		got := b.signIn("zoe")
		require.Len(t, got.header.Values("Set-Cookie"), 1)
		cookie, err := http.ParseSetCookie(got.header.Get("Set-Cookie"))
		require.NoError(t, err)
		require.Equal(t, name, cookie.Name)
		require.Equal(t, secure, cookie.Secure)
		require.True(t, cookie.HttpOnly)
		require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
		require.Equal(t, "/", cookie.Path)
		require.Empty(t, cookie.Domain)
		require.Equal(t, 12*time.Hour, time.Duration(cookie.MaxAge-cookie.MaxAge%60)*time.Second)
		b.requireIn("zoe")
		gone, err := http.ParseSetCookie(b.post("/sign-out", nil).header.Get("Set-Cookie"))
		require.NoError(t, err)
		require.Negative(t, gone.MaxAge)
	}
}

// TestSessionIsNotFixed: a token that somebody planted before the sign-in is
// not the one after it.
func TestSessionIsNotFixed(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	b := h.browser()
	b.signIn("zoe")
	first := b.cookie()
	b.signIn("zoe")
	require.NotEqual(t, first, b.cookie())
	planted := h.browser().post("/sign-in", url.Values{"login": {"zoe"}, "passphrase": {phrase}}, header{"Cookie", "heraut_session=planted"})
	require.NotContains(t, planted.header.Get("Set-Cookie"), "planted")
}

func TestSessionEnds(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	used, left := h.browser(), h.browser()
	used.signIn("zoe")
	left.signIn("zoe")
	for range 6 {
		h.clock.advance(110 * time.Minute)
		used.requireIn("zoe")
	}
	left.requireOut()
	h.clock.advance(70 * time.Minute)
	used.requireOut() // twelve hours are over
}

func TestNextStaysHere(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	for next, want := range map[string]string{
		"/users": "/users", "/users?q=a&b=%2F%2Fx": "/users?q=a&b=%2F%2Fx", "/groups/1/info": "/groups/1/info", "/": "/",
		"": "/", "users": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\\evil.example`: "/",
		"/\t/evil.example": "/", "\t//evil.example": "/", "/\n/evil.example": "/", "https://evil.example": "/", "https:evil.example": "/",
		"javascript:alert(1)": "/", "http:///evil.example": "/", "/%2F/x\x00": "/", "//user@evil.example/": "/", "/ /x": "/",
		"/sign-in?next=/sign-in": "/", "/sign-out": "/", "/oidc/start": "/", "/" + strings.Repeat("x", 2001): "/",
		"/x#//evil.example": "/x", "/..//evil.example": "/..//evil.example", "/%09/evil.example": "/%09/evil.example",
	} {
		got := h.browser().post("/sign-in", url.Values{"login": {"zoe"}, "passphrase": {phrase}, "next": {next}})
		require.Equal(t, http.StatusSeeOther, got.status)
		require.Equal(t, want, got.location, "%q", next)
	}
}

func TestOtherSitesAreRefused(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Admin)
	b := h.browser()
	b.signIn("zoe")
	form := url.Values{"login": {"zoe"}, "passphrase": {phrase}, "signin.login": {"zoe"}, "signin.passphrase": {phrase}}
	for _, from := range []header{
		{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
	} {
		for _, path := range []string{"/sign-in", "/sign-out", "/users", "/account", "/first-admin", "/set-passphrase"} {
			require.Equal(t, http.StatusForbidden, b.post(path, form, from).status, "%s %s", path, from)
		}
		require.Equal(t, http.StatusForbidden, h.browser().post("/bare", form, from).status, "also where SameOrigin was forgotten")
		require.Equal(t, http.StatusOK, b.get("/users", from).status, "a link from elsewhere opens")
	}
	require.Equal(t, http.StatusOK, b.post("/users", form, header{"Origin", h.server.URL}).status)
	b.requireIn("zoe")
}

func TestRolesOnRoutes(t *testing.T) {
	h := newHouse(t)
	for role, want := range map[people.Role][2]int{people.Viewer: {403, 403}, people.Operator: {200, 403}, people.Admin: {200, 200}} {
		a := h.admin(string(role), role)
		b := h.browser()
		b.signIn(a.Login)
		require.Equal(t, want[0], b.post("/users", nil).status, role)
		require.Equal(t, want[1], b.get("/settings").status, role)
	}
}

func TestValidForTheCodec(t *testing.T) {
	h := newHouse(t)
	for role, want := range map[people.Role]bool{people.Viewer: false, people.Operator: true, people.Admin: true} {
		a := h.admin(string(role), role)
		b := h.browser()
		b.signIn(a.Login)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/codec/decode", http.NoBody)
		require.NoError(t, err)
		require.False(t, h.signin.Valid(r))
		r.AddCookie(&http.Cookie{Name: "heraut_session", Value: b.cookie()})
		require.Equal(t, want, h.signin.Valid(r), role)
		_, err = h.store.SetPassphrase(t.Context(), people.System("test"), a.ID, hash())
		require.NoError(t, err)
		require.False(t, h.signin.Valid(r), "revoked")
	}
}

func TestScriptsAreLedToTheSignIn(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	got := b.get("/users?part=1", header{"HX-Request", "true"}, header{"HX-Current-URL", h.server.URL + "/groups?q=a"})
	require.Equal(t, http.StatusUnauthorized, got.status)
	require.Equal(t, "/sign-in?next=%2Fgroups%3Fq%3Da", got.header.Get("HX-Redirect"))
	got = b.get("/users", header{"HX-Request", "true"}, header{"HX-Current-URL", "https://evil.example//evil.example"})
	require.Equal(t, "/sign-in", got.header.Get("HX-Redirect"))
	require.Equal(t, http.StatusUnauthorized, b.get("/users", header{"Accept", "text/event-stream"}).status)
}

func TestSixtyFourAtOnce(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	var all sync.WaitGroup
	for range 64 {
		b := h.browser()
		all.Go(func() { assert.Equal(t, http.StatusSeeOther, b.signIn("zoe").status) })
	}
	all.Wait()
}

func TestGuessingIsHeldBack(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	h.admin("bram", people.Viewer)
	b := h.browser()
	guess := func(b *browser, login string) answer {
		return b.post("/sign-in", url.Values{"login": {login}, "passphrase": {"guess of somebody"}})
	}
	for range 10 {
		require.Equal(t, http.StatusUnauthorized, guess(b, "zoe").status)
	}
	got := guess(b, "ZOE")
	require.Equal(t, http.StatusTooManyRequests, got.status, "another spelling is the same login")
	require.Equal(t, "30", got.header.Get("Retry-After"))
	require.Contains(t, got.body, "Wait 30 seconds")
	require.Equal(t, http.StatusTooManyRequests, b.signIn("zoe").status, "the right one is not tried either")
	require.Equal(t, http.StatusSeeOther, h.browser().signIn("bram").status, "others behind the address are not held back")
	home := h.browser()
	home.from = "198.51.100.7"
	require.Equal(t, http.StatusSeeOther, home.signIn("zoe").status, "nor is the person elsewhere")

	h.clock.advance(31 * time.Second)
	require.Equal(t, http.StatusSeeOther, b.signIn("zoe").status)
}

// TestGuessingManyLogins: one network has a limit over all logins.
func TestGuessingManyLogins(t *testing.T) {
	h := newHouse(t)
	var all sync.WaitGroup
	statuses := make(chan int, 80)
	for n := range 80 {
		b := h.browser()
		b.from = "2001:db8::" + string(rune('a'+n%6)) // one /64
		all.Go(func() {
			statuses <- b.post("/sign-in", url.Values{"login": {strings.Repeat("x", n+1)}, "passphrase": {"guess"}}).status
		})
	}
	all.Wait()
	close(statuses)
	counts := map[int]int{}
	for status := range statuses {
		counts[status]++
	}
	require.Equal(t, 80, counts[http.StatusUnauthorized]+counts[http.StatusTooManyRequests])
	require.GreaterOrEqual(t, counts[http.StatusTooManyRequests], 20)
}

func TestFormsAreBounded(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	b := h.browser()
	require.Equal(t, http.StatusRequestEntityTooLarge, b.post("/sign-in", url.Values{"login": {strings.Repeat("x", 20_000)}}).status)
	require.Equal(t, http.StatusBadRequest, b.do(http.MethodPost, "/sign-in", "application/x-www-form-urlencoded", "%zz=1").status)
	require.Equal(t, http.StatusUnauthorized, b.post("/sign-in", url.Values{"login": {"zoe"}, "passphrase": {strings.Repeat("x", 2000)}}).status)
}

// TestFleetCVE202646356: a header that anybody can write bought another
// allowance.
func TestFleetCVE202646356(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	e := echo.New() // without an IPExtractor
	h.signin.Register(e)
	last := 0
	for n := range 11 {
		r := httptest.NewRequest(http.MethodPost, "/sign-in", strings.NewReader("login=zoe&passphrase=guess"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", n))
		r.Header.Set("X-Real-Ip", fmt.Sprintf("203.0.113.%d", n))
		got := httptest.NewRecorder()
		e.ServeHTTP(got, r)
		last = got.Code
	}
	require.Equal(t, http.StatusTooManyRequests, last)
}
