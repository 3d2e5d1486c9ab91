package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestActivityIsToldInSentences(t *testing.T) {
	h := newHouse(t)
	u := h.user(awkward)
	_, err := h.store.UpdateUser(t.Context(), h.me.Actor(), u.ID, nil, func(u people.User) (people.User, error) {
		u.FullName, u.ManagedDistribution = "Zoë", true
		return u, nil
	})
	require.NoError(t, err)
	h.group("4A", []people.User{u})
	all := h.get("/activity")
	require.Contains(t, all.words(), "\u2068Ada Lovelace\u2069 changed user \u2068Zoë\u2069. Name: ")
	require.Contains(t, all.words(), "Managed distribution services: off → on")
	require.Contains(t, all.words(), "Heraut changed the members of group \u20684A\u2069.")
	require.Contains(t, all.text, "Heraut added user \u2068&lt;b&gt;ليلى")
	require.Contains(t, all.text, `href="/users/`+u.ID+`/info"`)
	h.lang = "nl"
	require.Contains(t, h.get("/activity").words(), "\u2068Ada Lovelace\u2069 heeft gebruiker \u2068Zoë\u2069 gewijzigd.")
	tab := h.get("/users/" + u.ID + "/activity")
	require.Contains(t, tab.words(), "Heraut heeft gebruiker")
	require.NotContains(t, tab.words(), "leden van")
	require.Equal(t, http.StatusNotFound, h.get("/users/none/activity").status)
}

func TestSentencesBeginLarge(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe := h.user("Zoe", invitable)
	h.invite(h.group("4A", []people.User{zoe}))
	h.accept(zoe)
	require.Contains(t, h.get("/activity?kind=enrollment").words(), "Gebruiker \u2068Zoe\u2069 is ingeschreven voor beheerde distributie.")
	require.Contains(t, h.get("/activity?kind=invitation.").words(), "De uitnodiging voor \u2068Zoe\u2069 is geaccepteerd.")
	require.Contains(t, h.get("/activity?kind=send.").words(), "heeft uitnodigingen verstuurd naar \u20684A\u2069.")
	require.Contains(t, h.get("/activity?kind=plan.").words(), "heeft een plan gemaakt voor \u20684A\u2069.")
	require.NoError(t, h.store.DeleteUser(t.Context(), h.me.Actor(), zoe.ID, nil))
	require.Contains(t, h.get("/activity?kind=invitation.").words(), "Een uitnodiging is geaccepteerd.", "who is gone has no name")
}

func TestActivityIsNarrowed(t *testing.T) {
	h := newHouse(t)
	h.user("Zoe")
	require.Equal(t, http.StatusSeeOther, h.post("/groups", url.Values{"name": {"4A"}}).status)
	entries := func(query string) int { return strings.Count(h.get("/activity?"+query).text, "<li><p>") }
	today := time.Now().UTC().Format(time.DateOnly)
	for query, want := range map[string]int{
		"kind=user.": 1, "kind=send.": 0, "kind=group.&actor=" + h.me.ID: 1, "actor=nobody": 0,
		"kind=user.&since=" + today + "&until=" + today: 1, "until=2000-01-01": 0, "since=" + today + "&kind=group.": 1,
	} {
		require.Equal(t, want, entries(query), query)
	}
	require.Contains(t, h.get("/activity?actor="+h.me.ID).words(), "Only by \u2068Ada Lovelace\u2069.")
	for _, bad := range []string{"kind=x", "since=yesterday", "after=forged"} {
		require.Equal(t, http.StatusUnprocessableEntity, h.get("/activity?"+bad).status, bad)
	}
}

func TestLongActivityComesInParts(t *testing.T) {
	h := newHouse(t)
	for range 120 {
		h.user("Pupil")
	}
	seen := 0
	for path := "/activity?kind=user."; path != ""; {
		got := h.get(path)
		seen += strings.Count(got.text, "<li><p>")
		path = nextOf(got.text)
	}
	require.Equal(t, 120, seen)
}
