package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/invitation"
)

// strangeTokens are tokens that must not verify, escaped for a path.
func strangeTokens(h *house, token string) map[string]string {
	strange := map[string]string{
		"empty":           "",
		"a character":     "x",
		"cut":             token[:len(token)-1],
		"longer":          token + "A",
		"padded":          token + "%3D",
		"a line break":    token[:10] + "%0A" + token[10:],
		"a slash":         token[:10] + "%2F" + token[11:],
		"dots":            "%2E%2E",
		"NUL":             token + "%00",
		"no UTF-8":        "%FF%FE",
		"other case":      strings.ToUpper(token),
		"10 KB":           strings.Repeat("A", 10<<10),
		"another purpose": h.keyring.Link(secrets.LinkStop, "invitation-sent", 0),
		"another one":     h.keyring.Link(secrets.LinkPage, "invitation-other", 0),
		"another number":  h.keyring.Link(secrets.LinkPage, "invitation-sent", 1),
		"markup":          url.PathEscape(`"><script>`),
	}
	for bit := range 8 {
		flipped := []byte(token)
		flipped[20] ^= 1 << bit
		strange["bit "+string(rune('0'+bit))] = url.PathEscape(string(flipped))
	}
	return strange
}

func TestWhatDoesNotVerifyGetsTheOneUnknownPage(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	want := h.get("/i/unknown")
	require.Equal(t, http.StatusNotFound, want.Code)
	require.Contains(t, want.Body.String(), "Deze link kennen we niet")
	for name, strange := range strangeTokens(h, token) {
		for _, path := range []string{"/i/" + strange, "/i/" + strange + "/stop", "/i/" + strange + "/new-link"} {
			for _, w := range []interface {
				Result() *http.Response
			}{h.get(path), h.post(path, yes())} {
				response := w.Result()
				require.Equal(t, http.StatusNotFound, response.StatusCode, "%s: %.80s", name, path)
				body := make([]byte, want.Body.Len()+1)
				n, _ := response.Body.Read(body) // a recorded body is read at once
				require.Equal(t, want.Body.String(), string(body[:n]), name)
				require.Equal(t, want.Header(), response.Header, name)
			}
		}
	}
	require.Zero(t, h.book.changes)
	require.Empty(t, h.engine.woken)
}

func TestUnknownTokensTakeTheSameSteps(t *testing.T) {
	h := newHouse(t)
	for _, token := range []string{"x", strings.Repeat("A", 10<<10), h.invite(invitation.Sent)} {
		before := len(h.book.hashes)
		h.get("/i/" + token)
		require.Len(t, h.book.hashes, before+1, "one look-up by hash")
		require.Equal(t, secrets.LinkHash(token), h.book.hashes[before])
	}
}

func TestForgedHashInTheStoreIsNotEnough(t *testing.T) {
	h := newHouse(t)
	h.invite(invitation.Sent)
	forged := strings.Repeat("A", secrets.LinkLength)
	h.book.views[string(secrets.LinkHash(forged))] = invitation.View{ID: "invitation-sent", State: invitation.Sent, Language: "en"}

	w := h.get("/i/" + forged)

	require.Equal(t, http.StatusNotFound, w.Code)
	require.Equal(t, h.get("/i/unknown").Body.String(), w.Body.String(), "not even the user's language shows")
}

func TestRetiredKeyEndsItsLinks(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	rotated, err := secrets.Rotate(h.keys)
	require.NoError(t, err)
	h.open(rotated)
	require.Equal(t, http.StatusOK, h.get("/i/"+token).Code, "rotating keeps old links")

	retired, err := secrets.Retire(h.keys, h.keyring.CurrentID())
	require.NoError(t, err)
	h.open(retired)

	require.Equal(t, http.StatusNotFound, h.get("/i/"+token).Code)
	require.Equal(t, http.StatusNotFound, h.post("/i/"+token, yes()).Code)
	require.Equal(t, invitation.Sent, h.state(token))
}

func TestPathsThatAreNoRouteGetTheUnknownPage(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	want := h.get("/i/unknown").Body.String()
	for _, path := range []string{"/i", "/i/", "/i/" + token + "/accept", "/i/" + token + "/a/b", "/i/assets", "/i/assets/x.css", "/i/assets/../" + token + "/x"} {
		w := h.get(path)
		require.Equal(t, http.StatusNotFound, w.Code, path)
		require.Equal(t, want, w.Body.String(), path)
	}
}
