package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/people"
)

// numbered is a group with a number elsewhere.
func (h *house) numbered(name, number string) people.Group {
	h.t.Helper()
	g, err := h.store.CreateGroup(h.t.Context(), setup, people.Group{Name: name, ExternalID: number})
	require.NoError(h.t, err)
	return g
}

func TestAGroupIsTyped(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe, bram := h.invited("Zoë", ""), h.invited("Bram", "")
	a, b := h.group("Klas 1", nil), h.group("Klas 10 & 11", nil)
	h.member(a, zoe.User.ID)
	h.member(b, bram.User.ID)
	typed := func(text, id string) string {
		return "/tasks/active?" + url.Values{"group": {text}, "group_id": {id}, "state": {"queued"}}.Encode()
	}
	for name, c := range map[string]struct {
		text, id string
		want     people.Group
	}{
		"its name":                 {"Klas 1", "", a},
		"in any case":              {" klas 1 ", "", a},
		"a part of it":             {"10", "", b},
		"chosen before":            {"Klas 1", a.ID, a},
		"another than was chosen":  {"klas 10 & 11", a.ID, b},
		"the chosen one went":      {"Klas 1", "gone", a},
		"with what was wrong once": {"10 & 11", "none", b},
	} {
		got := h.get(typed(c.text, c.id))
		require.Equal(t, http.StatusSeeOther, got.status, name)
		require.Equal(t, "/tasks/active?group_id="+c.want.ID+"&state=queued", got.location, name)
	}
	require.Equal(t, "/tasks/active?state=queued", h.get(typed("  ", a.ID)).location, "an empty one is no group")

	live := h.get(typed("10", a.ID), "HX-Request", "true", "HX-Target", "tasks")
	require.Equal(t, []string{bram.ID}, live.rows())
	require.Equal(t, "/tasks/active?group_id="+b.ID+"&state=queued", live.header.Get("HX-Push-Url"))
	require.Contains(t, live.words(), "Groep: Klas 10 &amp; 11 ✕", "the chosen one is shown")
}

func TestAnUnclearGroupIsAskedFor(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe := h.invited("Zoë", "")
	first, second := h.numbered("4A", "noord"), h.numbered("4A", "zuid <b>")
	h.numbered("4A plus", "")
	h.member(first, zoe.User.ID)
	asked := h.get("/tasks/active?group=4a&q=zo")
	require.Equal(t, http.StatusOK, asked.status)
	require.Empty(t, asked.rows(), "no task is known to be meant")
	require.Contains(t, asked.words(), "Welke groep bedoel je met “4a”? 4A noord 4A zuid &lt;b&gt;")
	require.NotContains(t, asked.text, `name="action"`, "nothing can be done to what is not shown")
	require.Contains(t, asked.text, `<a href="/tasks/active?group_id=`+first.ID+`&amp;q=zo">`)
	require.Equal(t, []string{zoe.ID}, h.get("/tasks/active?group_id="+first.ID+"&q=zo").rows())
	again := h.get("/tasks/active?group=4A&group_id=" + second.ID)
	require.Equal(t, "/tasks/active?group_id="+second.ID, again.location, "the one that was chosen stays")
	require.Contains(t, h.get("/tasks/completed?group=9z").words(), "Geen groep heet “9z”.")
	for range 25 {
		h.group("Klas", nil)
	}
	require.Contains(t, h.get("/tasks/active?group=kla").words(), "Er zijn er meer. Typ meer van de naam.")
}

func TestGroupsAreSuggestedAsOneTypes(t *testing.T) {
	h := newHouse(t)
	zoe := h.invited("Zoë", "")
	h.invited("Bram", "")
	h.fill(101)
	g := h.group("Zebra", nil)
	h.member(g, zoe.User.ID)
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/tasks/active?state=queued")
	page.Fill("field Groep", "zeb")
	page.Until(`document.querySelector("#task-groups").options.length === 1 && document.querySelector("#task-groups").options[0].value === "Zebra"`, "not suggested")
	page.Until(`location.search.includes("group_id=`+g.ID+`")`, "not narrowed: %s", page.Address())
	page.Until(`document.querySelectorAll("tr[data-row]").length === 1`, "not narrowed: %s", page.Words())
}

// fill makes groups that come before others by name.
func (h *house) fill(n int) {
	h.t.Helper()
	for range n {
		h.group("Aap", nil)
	}
}
