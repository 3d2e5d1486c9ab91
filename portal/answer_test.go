package portal_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func TestAnswersAreDecidedOnce(t *testing.T) {
	for _, c := range []struct {
		form url.Values
		want invitation.State
		says string
	}{
		{yes(), invitation.Accepted, "Je hebt de uitnodiging geaccepteerd"},
		{no(), invitation.Declined, "Je hebt de uitnodiging geweigerd"},
	} {
		for _, from := range invitation.OpenStates {
			h := newHouse(t)
			token := h.invite(from)

			w := h.post("/i/"+token, c.form)

			require.Equal(t, http.StatusSeeOther, w.Code, "so that reloading asks nothing again")
			require.Equal(t, "/i/"+token, w.Header().Get("Location"))
			require.Equal(t, c.want, h.state(token))
			require.Equal(t, []people.Actor{{Kind: people.ActorUser, ID: "user-1", Name: "Zoë Ünal"}}, h.book.actors)
			require.Equal(t, []string{"user-1"}, h.engine.woken)
			page := h.get("/i/" + token).Body.String()
			require.Contains(t, page, c.says)
			require.Contains(t, page, "2 maart 2026 om 00:30 uur (CET)")

			require.Equal(t, http.StatusSeeOther, h.post("/i/"+token, yes()).Code, "a second tap")
			require.Equal(t, http.StatusSeeOther, h.post("/i/"+token, no()).Code, "another mind")
			require.Equal(t, c.want, h.state(token))
			require.Equal(t, 1, h.book.changes)
		}
	}
}

func TestSettledInvitationsStayAsTheyAre(t *testing.T) {
	for _, state := range invitation.SettledStates {
		h := newHouse(t)
		token := h.invite(state)
		for _, form := range []url.Values{yes(), no()} {
			w := h.post("/i/"+token, form)
			require.Equal(t, http.StatusSeeOther, w.Code)
			require.Equal(t, "/i/"+token, w.Header().Get("Location"))
		}
		require.Equal(t, state, h.state(token))
		require.Zero(t, h.book.changes)
		require.Empty(t, h.engine.woken)
	}
}

func TestOfManyTapsOneWins(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	start := make(chan struct{})
	codes := make([]int, 64)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			<-start
			form := yes()
			if i%2 == 1 {
				form = no()
			}
			codes[i] = h.post("/i/"+token, form).Code
		})
	}
	close(start)
	all.Wait()

	for _, code := range codes {
		require.Equal(t, http.StatusSeeOther, code)
	}
	require.Equal(t, 1, h.book.changes)
	require.Len(t, h.book.actors, 1)
	require.Equal(t, []string{"user-1"}, h.engine.woken)
	require.Contains(t, []invitation.State{invitation.Accepted, invitation.Declined}, h.state(token))
}

func TestAcceptedWithTheEngineAway(t *testing.T) {
	h := newHouse(t)
	h.engine.err = errors.New("no engine")
	token := h.invite(invitation.Sent)

	require.Equal(t, http.StatusSeeOther, h.post("/i/"+token, yes()).Code)

	require.Contains(t, h.get("/i/"+token).Body.String(), "Je hebt de uitnodiging geaccepteerd")
	require.Contains(t, h.log.String(), "no engine")
	require.NotContains(t, h.log.String(), token)
	require.NotContains(t, h.log.String(), "Zoë")
}

func TestStoreAwayIsSaid(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	h.book.away = true
	for _, path := range []string{"/i/" + token, "/i/" + token + "/stop", "/i/unknown"} {
		w := h.get(path)
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.NotEmpty(t, w.Header().Get("Retry-After"))
		require.Contains(t, w.Body.String(), "nu niet bereikbaar")
		require.NotContains(t, w.Body.String(), errStoreAway.Error())
	}
	require.Contains(t, h.log.String(), errStoreAway.Error())
	require.NotContains(t, h.log.String(), token)
}

func TestEngineHearsOfAnAnswerAfterThePersonLeft(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	ctx, leave := context.WithCancel(t.Context())
	leave()

	h.do(request(http.MethodPost, "/i/"+token, strings.NewReader("answer=accept"), "Content-Type", form).WithContext(ctx))

	require.Equal(t, []string{"user-1"}, h.engine.woken)
}

func TestWhatHappensBetweenOpeningAndDeciding(t *testing.T) {
	for name, c := range map[string]struct {
		refuses error
		want    int
	}{
		"answered by another": {fault.New(fault.InvitationSettled, "It is settled."), http.StatusSeeOther},
		"deleted":             {fault.New(fault.NotFound, "No such invitation."), http.StatusNotFound},
		"the store went away": {errStoreAway, http.StatusServiceUnavailable},
	} {
		h := newHouse(t)
		open, over := h.invite(invitation.Sent), h.invite(invitation.Expired)
		h.book.refuses = c.refuses
		for _, path := range []string{open, open + "/stop", over + "/new-link"} {
			w := h.post("/i/"+path, yes())
			require.Equal(t, c.want, w.Code, "%s: %s", name, path)
			if c.want == http.StatusNotFound {
				require.Equal(t, h.get("/i/unknown").Body.String(), w.Body.String())
			}
		}
		require.Empty(t, h.engine.woken, name)
		require.NotContains(t, h.log.String(), open)
	}
}

func TestBadFormsChangeNothing(t *testing.T) {
	h := newHouse(t)
	token := h.invite(invitation.Sent)
	for name, c := range map[string]struct {
		path, body, media string
		want              int
	}{
		"no answer":         {"", "", form, http.StatusBadRequest},
		"another answer":    {"", "answer=maybe", form, http.StatusBadRequest},
		"answer in address": {"?answer=accept", "", form, http.StatusBadRequest},
		"JSON":              {"", `{"answer":"accept"}`, "application/json", http.StatusBadRequest},
		"broken escape":     {"", "answer=%zz", form, http.StatusBadRequest},
		"broken multipart":  {"", "answer=accept", "multipart/form-data", http.StatusBadRequest},
		"5 KB":              {"", "answer=accept&x=" + strings.Repeat("x", 5<<10), form, http.StatusRequestEntityTooLarge},
		"5 KB in parts":     {"", parts("answer", "accept", "x", strings.Repeat("x", 5<<10)), multipart, http.StatusRequestEntityTooLarge},
	} {
		r := request(http.MethodPost, "/i/"+token+c.path, strings.NewReader(c.body), "Content-Type", c.media)
		require.Equal(t, c.want, h.do(r).Code, name)
	}
	require.Zero(t, h.book.changes)
}

const (
	form      = "application/x-www-form-urlencoded"
	multipart = "multipart/form-data; boundary=cut"
)

// parts writes a multipart form of names and values.
func parts(pairs ...string) string {
	var b strings.Builder
	for i := 0; i+1 < len(pairs); i += 2 {
		b.WriteString("--cut\r\nContent-Disposition: form-data; name=\"" + pairs[i] + "\"\r\n\r\n" + pairs[i+1] + "\r\n")
	}
	b.WriteString("--cut--\r\n")
	return b.String()
}

func TestOtherSitesCanNotAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		header  []string
		allowed bool
	}{
		"our page":                 {[]string{"Sec-Fetch-Site", "same-origin", "Origin", "null"}, true},
		"our page, older browser":  {[]string{"Origin", "http://example.com"}, true},
		"our page, silent browser": {[]string{"Origin", "null"}, true},
		"no browser":               {nil, true},
		"another site":             {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
		"another site, no origin":  {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, false},
		"a sister site":            {[]string{"Sec-Fetch-Site", "same-site"}, false},
		"another site, older":      {[]string{"Origin", "https://evil.example"}, false},
		"our name on another port": {[]string{"Origin", "http://example.com:81"}, false},
	} {
		for _, path := range []string{"", "/new-link"} {
			h := newHouse(t)
			state := map[string]invitation.State{"": invitation.Sent, "/new-link": invitation.Expired}[path]
			token := h.invite(state)
			w := h.post("/i/"+token+path, yes(), c.header...)
			if c.allowed {
				require.Equal(t, http.StatusSeeOther, w.Code, name)
				require.Equal(t, 1, h.book.changes, name)
			} else {
				require.Equal(t, http.StatusForbidden, w.Code, name)
				require.Zero(t, h.book.changes, name)
			}
		}
	}
}
