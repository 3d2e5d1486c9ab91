package portal_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"heraut/invitation"
)

func TestEveryAnswerKeepsTheAddressSecret(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	for _, w := range []http.Header{
		h.get("/i/" + token).Header(),
		h.get("/i/" + token + "/stop").Header(),
		h.get("/i/unknown").Header(),
		h.get("/i/" + token + "/a/b").Header(),
		h.post("/i/"+token, nil).Header(),
		h.post("/i/"+token, no()).Header(),
		h.post("/i/"+token, no(), "Sec-Fetch-Site", "cross-site").Header(),
		h.get("/enroll").Header(),
		h.get("/enroll/" + h.enroll("a")).Header(),
		h.get("/enroll/unknown").Header(),
		h.post("/enroll", url.Values{"code": {"code of a"}}).Header(),
		h.post("/enroll/"+h.enroll("a"), nil).Header(),
	} {
		require.Equal(t, "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", w.Get("Content-Security-Policy"))
		require.Equal(t, "no-referrer", w.Get("Referrer-Policy"))
		require.Equal(t, "no-store", w.Get("Cache-Control"))
		require.Equal(t, "nosniff", w.Get("X-Content-Type-Options"))
		require.Equal(t, "noindex, nofollow", w.Get("X-Robots-Tag"))
		require.Empty(t, w.Values("Set-Cookie"))
	}
}

func TestStylesheetCanBeKept(t *testing.T) {
	h := newHouse(t)
	href := parse(t, h.get("/i/unknown").Body.String()).find(atom.Link)[0]["href"]

	w := h.get(href)

	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "text/css; charset=utf-8", w.Header().Get("Content-Type"))
	require.Equal(t, "public, max-age=31536000, immutable", w.Header().Get("Cache-Control"))
	require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
}

func TestLanguageOfThePage(t *testing.T) {
	for name, c := range map[string]struct{ query, user, accept, organization, want string }{
		"the switch first":         {"?lang=en", "nl", "nl", "nl", "en"},
		"then the user's":          {"", "en", "nl", "nl", "en"},
		"then the browser's":       {"", "", "fr, en-GB;q=0.8, nl;q=0.5", "nl", "en"},
		"Flemish is Dutch":         {"", "", "nl-BE", "en", "nl"},
		"then the organization's":  {"", "", "ja", "nl", "nl"},
		"strange choices are none": {"?lang=de", "xx", "*;q=9", "en", "en"},
		"nothing at all":           {"", "", "", "", "en"},
	} {
		h := newHouse(t)
		h.organization.Language = c.organization
		token := h.invite(invitation.Sent, func(v *invitation.View) { v.Language = c.user })
		w := h.get("/i/"+token+c.query, "Accept-Language", c.accept)
		require.Equal(t, c.want, parse(t, w.Body.String()).find(atom.Html)[0]["lang"], name)
	}
}

func TestChosenLanguageIsKept(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Expired, func(v *invitation.View) { v.Language = "nl" })
	nl := parse(t, h.get("/i/"+token).Body.String())
	require.Equal(t, "?lang=en", nl.find(atom.A)[0]["href"])
	require.Empty(t, nl.find(atom.Input), "nothing was chosen")

	en := parse(t, h.get("/i/"+token+"?lang=en").Body.String())
	require.Equal(t, map[string]string{"type": "hidden", "name": "lang", "value": "en"}, en.find(atom.Input)[0])

	w := h.post("/i/"+token+"/new-link", url.Values{"lang": {"en"}})
	require.Equal(t, "/i/"+token+"?lang=en", w.Header().Get("Location"))

	sent := h.invite(invitation.Sent)
	links := parse(t, h.get("/i/"+sent+"?lang=en").Body.String()).find(atom.A)
	require.Equal(t, "/i/"+sent+"/stop?lang=en", links[len(links)-1]["href"])
	w = h.post("/i/"+sent, url.Values{"lang": {"en"}, "answer": {"accept"}})
	require.Equal(t, "/i/"+sent+"?lang=en", w.Header().Get("Location"))
	w = h.post("/i/"+token, url.Values{"lang": {"//evil.example"}, "answer": {"accept"}})
	require.Equal(t, "/i/"+token, w.Header().Get("Location"))
}
