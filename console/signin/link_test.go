package signin_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console/signin"
	"heraut/people"
)

func firstForm(token string) url.Values {
	return url.Values{"token": {token}, "name": {"Zoë Ünal"}, "login": {"zoe"}, "passphrase": {phrase}, "repeat_passphrase": {phrase}}
}

func TestFirstAdministrator(t *testing.T) {
	h := newHouse(t)
	token := h.link("")
	b := h.browser()
	for range 3 { // whatever looks at a link does not use it up
		page := b.get("/first-admin?token=" + token)
		require.Equal(t, http.StatusOK, page.status)
		require.Contains(t, page.body, `autocomplete="new-password"`)
		require.Equal(t, "same-origin", page.header.Get("Referrer-Policy"))
		require.Equal(t, "no-store", page.header.Get("Cache-Control"))
	}
	for field, change := range map[string]url.Values{
		"name": {"name": {" "}}, "login": {"login": {"a b"}},
		"passphrase": {"passphrase": {"too short"}, "repeat_passphrase": {"too short"}}, "repeat": {"repeat_passphrase": {"another one, long"}},
	} {
		form := firstForm(token)
		maps.Copy(form, change)
		got := b.post("/first-admin", form)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, field)
		require.Contains(t, got.body, `id="`+field+`-error" class="error" role="alert"`)
		require.Regexp(t, `aria-describedby="[a-z -]*`+field+`-error"`, got.body)
		require.NotContains(t, got.body, phrase)
	}
	long := firstForm(token)
	long.Set("passphrase", strings.Repeat("x", 1025))
	require.Contains(t, b.post("/first-admin", long).body, "too long")

	got := b.post("/first-admin", firstForm(token))
	require.Equal(t, http.StatusSeeOther, got.status, got.body)
	b.requireIn("zoe")
	require.Equal(t, http.StatusOK, b.get("/settings").status, "an admin")
	for _, again := range []answer{b.get("/first-admin?token=" + token), b.post("/first-admin", firstForm(token))} {
		require.Equal(t, http.StatusGone, again.status)
		require.Contains(t, again.body, "was used or has expired")
		require.NotContains(t, again.body, "<form")
	}
	require.Equal(t, http.StatusSeeOther, h.browser().signIn("zoe").status)
	require.NotContains(t, h.log.String(), token)
}

func TestFirstAdministratorAtOnce(t *testing.T) {
	h := newHouse(t)
	token := h.link("")
	var won, gone atomic.Int32
	var all sync.WaitGroup
	for range 16 {
		b := h.browser()
		all.Go(func() {
			switch b.post("/first-admin", firstForm(token)).status {
			case http.StatusSeeOther:
				won.Add(1)
			case http.StatusGone:
				gone.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 15, gone.Load())
}

func TestLinkOfAColleague(t *testing.T) {
	h := newHouse(t)
	a, err := h.store.CreateAdministrator(t.Context(), people.System("test"), people.Administrator{Name: "Bram", Login: "bram", Role: people.Viewer})
	require.NoError(t, err)
	token := h.link(a.ID)
	b := h.browser()
	address := signin.LinkURL(h.server.URL, token, false)
	require.Contains(t, b.get(address).body, "the passphrase with which Bram signs in")
	form := firstForm(token)
	form.Set("login", "root") // the account is the link's, whatever the form says
	require.Equal(t, http.StatusSeeOther, b.post("/set-passphrase", form).status)
	b.requireIn("bram")
	require.Equal(t, http.StatusForbidden, b.get("/settings").status)

	reset := h.link(a.ID)
	b.requireIn("bram")
	require.Equal(t, http.StatusSeeOther, h.browser().post("/set-passphrase", firstForm(reset)).status)
	b.requireOut()
}

func TestLinkThatDoesNotWork(t *testing.T) {
	h := newHouse(t)
	token := h.link("")
	b := h.browser()
	for _, bad := range []string{"", "x", token + "x", token[1:], strings.ToUpper(token)} {
		require.Equal(t, http.StatusNotFound, b.get("/first-admin?token="+bad).status, bad)
		require.Equal(t, http.StatusNotFound, b.post("/first-admin", firstForm(bad)).status, bad)
	}
	h.clock.advance(time.Hour)
	require.Equal(t, http.StatusGone, b.get("/first-admin?token="+token).status)
	require.Equal(t, http.StatusGone, b.post("/first-admin", firstForm(token)).status)
	require.Equal(t, h.server.URL+"/first-admin?token=x", signin.LinkURL(h.server.URL, "x", true))
}

func TestLinksAreNotGuessed(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	for range 50 {
		require.Equal(t, http.StatusNotFound, b.get("/first-admin?token=guess").status)
	}
	require.Equal(t, http.StatusTooManyRequests, b.get("/first-admin?token=guess").status)
}

func TestTakenLogin(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer) // no admin yet
	token := h.link("")
	got := h.browser().post("/first-admin", firstForm(token))
	require.Equal(t, http.StatusConflict, got.status)
	require.Contains(t, got.body, `id="login-error"`)
	other := firstForm(token)
	other.Set("login", "other")
	require.Equal(t, http.StatusSeeOther, h.browser().post("/first-admin", other).status, "the mistake did not use the link up")
}
