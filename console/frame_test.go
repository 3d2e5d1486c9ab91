package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestEveryPageIsGuarded(t *testing.T) {
	h := newHouse(t)
	for path, status := range map[string]int{"/": http.StatusOK, "/users": http.StatusOK, "/users/none/info": http.StatusNotFound, "/nowhere": http.StatusNotFound} {
		got := h.get(path)
		require.Equal(t, status, got.status, path)
		require.Contains(t, got.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'")
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		require.Equal(t, "nosniff", got.header.Get("X-Content-Type-Options"))
		require.NotRegexp(t, `<script[^>]*>[^<]|<style|style="|\son[a-z]+="|javascript:`, got.text, "nothing inline")
		require.Less(t, len(got.text), 30_000)
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	h := newHouse(t)
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://elsewhere.example"}} {
		got := h.post("/users", url.Values{"full_name": {"Mallory"}}, headers...)
		require.Equal(t, http.StatusForbidden, got.status)
		require.Contains(t, got.words(), "This form was sent from another site.")
	}
	require.NotContains(t, h.get("/users").text, "Mallory")
}

func TestLanguageAndThemeAreKept(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/users").text, `<html lang="en">`)
	h.lang = "nl-NL"
	require.Contains(t, h.get("/users").text, `<html lang="nl">`)
	h.prefer(func(a *people.Administrator) { a.Language, a.Theme = "en", people.ThemeDark })
	require.Contains(t, h.get("/users").text, `<html lang="en" data-theme="dark">`)
	require.Equal(t, "/users?q=x", h.post("/preferences", url.Values{"language": {"nl"}, "back": {"/users?q=x"}}).location)
	require.Contains(t, h.get("/users").text, `<html lang="nl" data-theme="dark">`, "what was not chosen stays")
	for _, elsewhere := range []string{"https://elsewhere.example", "//elsewhere.example", `/\elsewhere.example`, "users", ""} {
		require.Equal(t, "/", h.post("/preferences", url.Values{"theme": {"light"}, "back": {elsewhere}}).location)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.Contains(t, h.get("/nowhere").words(), "Dit bestaat niet Deze pagina bestaat niet.")
	h.become(people.Viewer)
	require.Contains(t, h.get("/users/new").words(), "Dat mag je niet Je rol staat dit niet toe.")
	require.Contains(t, h.post("/users", url.Values{"full_name": {string(make([]byte, 2<<20))}}).words(), "Dat mag je niet")
	h.become(people.Admin)
	require.Equal(t, http.StatusRequestEntityTooLarge, h.post("/users", url.Values{"full_name": {string(make([]byte, 2<<20))}}).status)
	require.NoError(t, h.store.Close())
	broken := h.get("/users")
	require.Equal(t, http.StatusInternalServerError, broken.status)
	require.NotContains(t, broken.text, "sql", "why stands in the log")
	require.Contains(t, h.log.String(), "a page failed")
}

func TestSaidIsOneOfOurs(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/users?said=saved").words(), "Saved.")
	require.NotContains(t, h.get("/users?said=%3Cb%3Ehello").text, "hello")
	require.NotContains(t, h.get("/users?said=nothing").text, `id="said"`)
}

func TestNobodyIsLedToTheSignIn(t *testing.T) {
	h := newHouse(t)
	h.client = &http.Client{}
	require.Equal(t, "/sign-in?next=%2Fusers%3Fq%3Dx", h.get("/users?q=x").location)
	page := h.get("/sign-in?next=%2Fusers")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.text, `data-pane="gate"`)
	require.NotContains(t, page.text, "/tasks/active", "the sidebar is for who is signed in")
	require.Contains(t, page.header.Get("Content-Security-Policy"), "default-src 'none'")
	wrong := h.post("/sign-in", url.Values{"login": {"ada"}, "passphrase": {"wrong passphrase"}})
	require.Equal(t, http.StatusUnauthorized, wrong.status)
	require.Contains(t, wrong.text, `role="alert"`)
}

func TestFormOfAnEndedSessionIsKept(t *testing.T) {
	h := newHouse(t)
	h.client = &http.Client{}
	kept := h.post("/users", url.Values{"full_name": {"Sem <b>Bakker</b>"}})
	require.Contains(t, kept.text, `name="full_name" value="Sem &lt;b&gt;Bakker&lt;/b&gt;"`)
	again := h.post("/users", url.Values{"full_name": {"Sem"}, "signin.login": {"ada"}, "signin.passphrase": {passphrase}})
	require.Equal(t, http.StatusSeeOther, again.status)
	require.Contains(t, again.location, "said=user_made")
}
