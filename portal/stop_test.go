package portal_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

func TestStoppingByButton(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	require.Contains(t, h.get("/i/"+token+"/stop").Body.String(), "Geen herinneringen meer?")
	require.Zero(t, h.book.changes, "looking changes nothing")

	w := h.post("/i/"+token+"/stop", nil)

	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/i/"+token+"/stop", w.Header().Get("Location"))
	require.Contains(t, h.get("/i/"+token+"/stop").Body.String(), "Je krijgt geen herinneringen meer")
	require.Contains(t, h.get("/i/"+token).Body.String(), "Je krijgt geen herinneringen meer.")
	require.Equal(t, invitation.Sent, h.state(token), "the invitation stays open")
	require.Equal(t, http.StatusSeeOther, h.post("/i/"+token+"/stop", nil).Code)
	require.Equal(t, 1, h.book.changes)
}

func TestStoppingByMailProvider(t *testing.T) {
	oneClick := url.Values{"List-Unsubscribe": {"One-Click"}}
	for _, c := range []struct{ body, media string }{
		{oneClick.Encode(), form},
		{parts("List-Unsubscribe", "One-Click"), multipart},
	} {
		h := newHouse(t)
		token := h.invite(invitation.Sent)
		r := request(http.MethodPost, "/i/"+token+"/stop", strings.NewReader(c.body), "Content-Type", c.media, "Origin", "https://mail.example")

		w := h.do(r)

		require.Equal(t, http.StatusOK, w.Code, "RFC 8058 allows no redirect")
		require.Contains(t, w.Body.String(), "Je krijgt geen herinneringen meer")
		require.Equal(t, 1, h.book.changes)
		require.Equal(t, invitation.Sent, h.state(token))
	}
}

func TestStoppingWhatIsSettled(t *testing.T) {
	for _, state := range invitation.SettledStates {
		h := newHouse(t)
		token := h.invite(state)
		w := h.post("/i/"+token+"/stop", url.Values{"List-Unsubscribe": {"One-Click"}})
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, h.get("/i/"+token).Body.String(), w.Body.String(), "its true page")
		require.Zero(t, h.book.changes)
	}
}

func TestAskingForANewLink(t *testing.T) {
	for _, state := range invitation.States {
		h := newHouse(t)
		token := h.invite(state)
		over := state == invitation.Expired || state == invitation.Failed
		button := strings.Contains(h.get("/i/"+token).Body.String(), `action="/i/`+token+`/new-link"`)
		require.Equal(t, over, button, state)

		for range 2 {
			w := h.post("/i/"+token+"/new-link", nil)
			require.Equal(t, http.StatusSeeOther, w.Code)
			require.Equal(t, "/i/"+token, w.Header().Get("Location"))
		}

		said := strings.Contains(h.get("/i/"+token).Body.String(), "Je hebt om een nieuwe link gevraagd")
		require.Equal(t, over, said, state)
		require.Equal(t, over, h.book.changes == 1, state)
		require.Equal(t, state, h.state(token), "asking settles and opens nothing")
		require.Empty(t, h.engine.woken)
	}
}

func TestScannersChangeNothing(t *testing.T) {
	for _, state := range invitation.States {
		h := newHouse(t)
		token := h.invite(state)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch} {
			for _, path := range []string{"", "/stop", "/new-link", "?answer=accept", "?lang=en&answer=accept"} {
				w := h.do(request(method, "/i/"+token+path, strings.NewReader("answer=accept"), "Content-Type", form))
				require.NotEqual(t, http.StatusNotFound, w.Code, "%s %s", method, path)
			}
		}
		require.Zero(t, h.book.changes, state)
		require.Empty(t, h.engine.woken, state)
	}
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	for _, token := range []string{h.invite(invitation.Sent), "unknown"} {
		for _, path := range []string{"", "/stop", "/new-link"} {
			w := h.do(request(http.MethodOptions, "/i/"+token+path, nil))
			require.Equal(t, http.StatusNoContent, w.Code)
			require.Equal(t, "OPTIONS, GET, HEAD, POST", w.Header().Get("Allow"))
			require.Equal(t, http.StatusMethodNotAllowed, h.do(request(http.MethodPut, "/i/"+token+path, nil)).Code)
		}
	}
	require.Empty(t, h.book.hashes, "the store is not asked")
}

func TestHeadTellsWhatGetTells(t *testing.T) {
	h := newHouse(t)
	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)
	for path, want := range map[string]int{"/i/" + h.invite(invitation.Sent): http.StatusOK, "/i/unknown": http.StatusNotFound} {
		response, err := server.Client().Head(server.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, want, response.StatusCode)
		require.Empty(t, body)
	}
}
