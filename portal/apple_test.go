package portal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html/atom"

	"heraut/fault"
	"heraut/invitation"
)

// apple knows one address for everyone, or none yet.
type apple struct {
	url   string
	err   error
	asked []string
}

func (a *apple) AppleLink(_ context.Context, userID string) (string, error) {
	a.asked = append(a.asked, userID)
	if a.url == "" && a.err == nil {
		return "", fault.New(fault.NotFound, "The user is not registered.")
	}
	return a.url, a.err
}

const inviteURL = "https://buy.itunes.example/associate?inviteCode=f551b37da07146628e8dcbe0111f0364&mt=8"

// appleHouse is a portal with a content token.
func appleHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.organization.AcceptsHere = false
	h.apple.url = inviteURL
	return h
}

func TestPageLeadsOnToApple(t *testing.T) {
	h := appleHouse(t)
	token := h.invite(invitation.Sent)
	for lang, words := range map[string][2]string{"nl": {"Log in", "met je eigen Apple Account"}, "en": {"Sign in", "with your own Apple Account"}} {
		w := h.get("/i/" + token + "?lang=" + lang)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Body.String(), words[1])
		page := parse(t, w.Body.String())
		require.Equal(t, []map[string]string{{"name": "answer", "value": "decline"}}, page.find(atom.Button), "declining stays")
		link := page.nodes(atom.A)[1]
		require.Equal(t, words[0], textOf(link))
		require.Equal(t, map[string]string{"class": "primary", "href": inviteURL, "rel": "noreferrer"}, page.find(atom.A)[1])
		require.Len(t, page.find(atom.Svg), 1, "for another device")
	}
	require.Equal(t, []string{"user-1", "user-1"}, h.apple.asked)
	require.Zero(t, h.book.changes)
	require.Empty(t, h.log.String())
}

func TestAcceptingLeadsToApple(t *testing.T) {
	h := appleHouse(t)
	token := h.invite(invitation.Sent)

	w := h.post("/i/"+token, yes())
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, inviteURL, w.Header().Get("Location"))
	require.Equal(t, "no-referrer", w.Header().Get("Referrer-Policy"))
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	require.Equal(t, invitation.Sent, h.state(token), "Apple decides")
	require.Empty(t, h.engine.woken)

	require.Equal(t, http.StatusSeeOther, h.post("/i/"+token, no()).Code)
	require.Equal(t, invitation.Declined, h.state(token))
	w = h.post("/i/"+token, yes())
	require.Equal(t, "/i/"+token, w.Header().Get("Location"), "the first answer won")
	require.NotContains(t, h.log.String(), "inviteCode")
}

func TestSettledPagesDoNotLeadOn(t *testing.T) {
	h := appleHouse(t)
	for _, state := range invitation.States {
		if state.Open() {
			continue
		}
		require.NotContains(t, h.get("/i/"+h.invite(state)).Body.String(), "itunes", state)
	}
	require.Empty(t, h.apple.asked)
}

func TestAppleIsNotReady(t *testing.T) {
	for name, c := range map[string]struct {
		err error
		log string
	}{
		"not registered": {},
		"away":           {err: errors.New("no answer"), log: "no answer"},
	} {
		t.Run(name, func(t *testing.T) {
			h := appleHouse(t)
			h.apple.url, h.apple.err = "", c.err
			token := h.invite(invitation.Sent)
			w := h.get("/i/" + token)
			require.Equal(t, http.StatusOK, w.Code)
			require.Contains(t, w.Body.String(), "Open deze pagina over een paar minuten opnieuw.")
			require.Contains(t, h.get("/i/"+token+"?lang=en").Body.String(), "Open this page again in a few minutes.")
			require.Len(t, parse(t, w.Body.String()).find(atom.Button), 1)
			require.Equal(t, "/i/"+token, h.post("/i/"+token, yes()).Header().Get("Location"))
			require.Equal(t, invitation.Sent, h.state(token))
			require.Contains(t, h.log.String(), c.log)
		})
	}
}

// TestCodeOfThePage reads the drawing back, module by module.
func TestCodeOfThePage(t *testing.T) {
	h := appleHouse(t)
	page := parse(t, h.get("/i/"+h.invite(invitation.Sent)).Body.String())
	box := strings.Fields(page.find(atom.Svg)[0]["viewBox"])
	require.Len(t, box, 4)
	size, err := strconv.Atoi(box[2])
	require.NoError(t, err)
	require.Equal(t, box[2], box[3])
	dark := modules(t, page)
	for i := range size { // the margin is light, and three corners have finders
		for edge := range 4 {
			require.False(t, dark[[2]int{i, edge}] || dark[[2]int{edge, i}] || dark[[2]int{i, size - 1 - edge}])
		}
	}
	for i := range 7 {
		require.True(t, dark[[2]int{4 + i, 4}] && dark[[2]int{4, 4 + i}] && dark[[2]int{size - 11 + i, 4}] && dark[[2]int{4, size - 5 - i}])
	}
	require.Greater(t, len(dark), size*size/4)
}

// modules are the dark modules of the page's code, as column and row.
func modules(t *testing.T, page document) map[[2]int]bool {
	t.Helper()
	dark := map[[2]int]bool{}
	for node := range page.nodes(atom.Svg)[0].Descendants() {
		if node.Data != "path" {
			continue
		}
		for run := range strings.SplitSeq(strings.Trim(node.Attr[0].Val, "Mz"), "zM") {
			var x, y, n, back int
			_, err := fmt.Sscanf(run, "%d %dh%dv1h-%d", &x, &y, &n, &back)
			require.NoError(t, err, run)
			require.Equal(t, n, back)
			for i := range n {
				dark[[2]int{x + i, y}] = true
			}
		}
	}
	return dark
}

func TestQuietPageOfLongLinks(t *testing.T) {
	h := appleHouse(t)
	h.apple.url = "https://apple.example/" + strings.Repeat("a", 9000)
	page := parse(t, h.get("/i/"+h.invite(invitation.Sent)).Body.String())
	require.Empty(t, page.find(atom.Svg), "no code holds that much")
	require.Len(t, page.nodes(atom.A), 3)
}
