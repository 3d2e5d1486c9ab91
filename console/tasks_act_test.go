package console_test

import (
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// confirmed is the form of a dialog, as it would be sent.
func (a answer) confirmed() url.Values {
	form := url.Values{}
	_, main, found := strings.Cut(a.text, "<main")
	if !found {
		main = a.text // a dialog alone
	}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(main, -1) {
		form.Add(m[1], html.UnescapeString(m[2]))
	}
	return form
}

func TestSelectedTasksAreActedOn(t *testing.T) {
	for action, c := range map[string]struct{ ask, do, said string }{
		"resend": {"2 uitnodigingen opnieuw versturen?", "Verstuur 2 uitnodigingen opnieuw", "2 uitnodigingen worden opnieuw verstuurd."},
		"cancel": {"2 uitnodigingen annuleren?", "Annuleer 2 uitnodigingen", "2 uitnodigingen zijn geannuleerd."},
		"extend": {"2 uitnodigingen verlengen?", "Verleng 2 uitnodigingen", "2 uitnodigingen zijn verlengd."},
	} {
		t.Run(action, func(t *testing.T) {
			h := newHouse(t)
			h.lang = "nl"
			zoe, bram, sem := h.invited("Zoë", "iPad"), h.invited("Bram", ""), h.invited("Sem", "")
			h.delivered(zoe, taken)
			ask := "/tasks/ask?" + url.Values{"action": {action}, "id": {zoe.ID, bram.ID}, "back": {"/tasks/active?sort=oldest"}}.Encode()
			page := h.get(ask)
			require.Contains(t, page.words(), c.ask+" E-mail: 2")
			require.Contains(t, page.text, `href="/tasks/active?sort=oldest" data-close autofocus>Annuleer</a>`, "the safe button has the focus")
			dialog := h.get(ask, "HX-Request", "true", "HX-Target", "dialog")
			require.True(t, strings.HasPrefix(dialog.text, `<h1 id="dialog-title">`), dialog.text)
			require.Contains(t, dialog.words(), c.do)
			require.Empty(t, h.engine.told, "nothing happens before it is confirmed")

			done := h.post("/tasks/act", dialog.confirmed(), "HX-Request", "true")
			require.Equal(t, http.StatusNoContent, done.status, done.text)
			require.Equal(t, "/tasks/active?n=2&said=tasks_"+action+"&sort=oldest", done.location)
			require.Contains(t, h.get(done.location).words(), c.said)
			require.ElementsMatch(t, []string{"wake user " + zoe.User.ID, "wake user " + bram.User.ID}, h.engine.told)
			require.Equal(t, action == "cancel", h.again(zoe.ID).State == invitation.Cancelled)
			require.Equal(t, action != "cancel", h.again(zoe.ID).ExpiresAt.After(zoe.ExpiresAt))
			require.Equal(t, sem, h.again(sem.ID), "nobody else")
		})
	}
}

func TestSettledMeanwhile(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.invited("Zoë", ""), h.invited("Bram", "")
	ask := "/tasks/ask?" + url.Values{"action": {"extend"}, "id": {zoe.ID, bram.ID, "none"}}.Encode()
	before := h.get(ask)
	h.cancelled(bram)
	late := h.post("/tasks/act", before.confirmed())
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.words(), "Something changed meanwhile: now 1 instead of 2. Nothing was done yet.")
	require.Contains(t, late.words(), "1 selected invitation is settled already")
	require.Equal(t, zoe, h.again(zoe.ID))
	done := h.post("/tasks/act", late.confirmed())
	require.Equal(t, "/tasks/active?n=1&said=tasks_extend_some", done.location)
	require.Contains(t, h.get(done.location).words(), "1 invitation was extended. The others were settled already.")

	h.cancelled(zoe)
	none := h.get(ask)
	require.Contains(t, none.words(), "There is nothing left that this could be done to.")
	require.NotContains(t, none.text, "<button class=\"primary")
	require.Equal(t, http.StatusConflict, h.post("/tasks/act", none.confirmed()).status)
}

func TestAllThatMatches(t *testing.T) {
	h := newHouse(t)
	g := h.fleet(60)
	other := h.invited("Zoë", "")
	list := h.get("/tasks/active?group_id=" + g.ID + "&all=1")
	require.Contains(t, list.words(), "All 60 invitations that match the filter are selected.")
	require.Equal(t, 51, strings.Count(list.text, "checked disabled"))
	form := url.Values{"action": {"cancel"}}
	maps.Copy(form, list.confirmed())
	require.Equal(t, "1", form.Get("all"))
	ask := h.get("/tasks/ask?" + form.Encode())
	require.Contains(t, ask.words(), "Cancel 60 invitations? Mail: 60")
	require.Contains(t, ask.words(), "This is about everything that matches the filter now")

	newer := h.invited("Late", "")
	h.member(g, append(h.members(g), newer.User.ID)...)
	h.cancelled(h.only(h.members(g)[0]))
	confirmed := ask.confirmed()
	late := h.post("/tasks/act", confirmed)
	require.Equal(t, http.StatusConflict, late.status, "what was counted has changed")
	require.Contains(t, late.words(), "now 59 instead of 60", "what is made later does not count")
	done := h.post("/tasks/act", late.confirmed())
	require.Equal(t, http.StatusSeeOther, done.status)
	id := regexp.MustCompile(`^/tasks/bulk/([0-9a-f-]{36})\?back=`).FindStringSubmatch(done.location)
	require.Len(t, id, 2, done.location)
	require.Contains(t, h.engine.told, "start bulk "+id[1])

	bulk := h.get(done.location)
	require.Contains(t, bulk.words(), "Cancelling invitations Under way Progress Matched the filter 59 Done 0")
	require.Contains(t, bulk.text, `<progress id="bulk-progress" value="0" max="59">`)
	for finished := false; !finished; {
		step, err := h.store.StepBulk(t.Context(), id[1], 40)
		require.NoError(t, err)
		finished = step.Finished
	}
	bulk = h.get(done.location)
	require.Contains(t, bulk.words(), "Done: 59 invitations")
	require.Contains(t, bulk.text, `<progress id="bulk-progress" value="59" max="59">`)
	require.NotContains(t, bulk.text, "sse-connect", "nothing follows any more")
	require.ElementsMatch(t, []string{other.ID, newer.ID}, h.get("/tasks/active").rows())
}

func (h *house) members(g people.Group) []string {
	h.t.Helper()
	page, err := h.store.ListUsers(h.t.Context(), people.UserFilter{GroupID: g.ID, Query: "pupil"}, people.Cursor{}, 500)
	require.NoError(h.t, err)
	ids := make([]string, len(page.Items))
	for i, u := range page.Items {
		ids[i] = u.ID
	}
	return ids
}

func TestNothingIsTicked(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	h.invited("Zoë", "")
	for _, headers := range [][]string{nil, dialog} {
		asked := h.get("/tasks/ask?action=cancel&back=/tasks/active", headers...)
		require.Equal(t, http.StatusOK, asked.status)
		require.Contains(t, asked.words(), "Kies eerst een of meer taken Vink in de lijst aan")
		require.NotContains(t, asked.words(), "0 uitnodigingen")
		require.NotContains(t, asked.text, `class="primary`)
	}
}

// TestConfirmedTwice: a second press, Back and a reload do nothing twice.
func TestConfirmedTwice(t *testing.T) {
	h := newHouse(t)
	zoe := h.invited("Zoë", "iPad")
	h.delivered(zoe, taken)
	one := h.get("/tasks/ask?" + url.Values{"action": {"resend"}, "id": {zoe.ID}}.Encode()).confirmed()
	for range 2 {
		require.Equal(t, "/tasks/active?n=1&said=tasks_resend", h.post("/tasks/act", one).location)
	}
	require.Equal(t, []string{"invitation.resend"}, h.audited("invitation.resend"))
	another := h.get("/tasks/ask?" + url.Values{"action": {"resend"}, "id": {zoe.ID}, "once": one["once"]}.Encode()).confirmed()
	another.Set("once", "forged")
	require.Equal(t, http.StatusSeeOther, h.post("/tasks/act", another).status)
	require.Len(t, h.audited("invitation.resend"), 2, "who asks anew does it anew")

	all := h.get("/tasks/ask?" + url.Values{"action": {"cancel"}, "all": {"1"}}.Encode()).confirmed()
	first := h.post("/tasks/act", all)
	h.cancelled(zoe)
	require.True(t, strings.HasPrefix(first.location, "/tasks/bulk/"+all.Get("once")), first.location)
	require.Equal(t, first.location, h.post("/tasks/act", all).location, "though nothing is left to count")
	require.Equal(t, []string{"bulk.cancel"}, h.audited("bulk."))
}

// audited are the actions in the audit log that begin with a word.
func (h *house) audited(prefix string) (actions []string) {
	h.t.Helper()
	log, err := h.store.ListAudit(h.t.Context(), people.AuditFilter{Action: prefix}, people.Cursor{}, 50)
	require.NoError(h.t, err)
	for _, e := range log.Items {
		actions = append(actions, e.Action)
	}
	return actions
}

func TestForgedActions(t *testing.T) {
	h := newHouse(t)
	i := h.invited("Zoë", "")
	many := make([]string, 501)
	for n := range many {
		many[n] = strings.Repeat("x", 1+n%30) + string(rune('a'+n%26))
	}
	for name, form := range map[string]url.Values{
		"action": {"action": {"delete"}, "id": {i.ID}},
		"none":   {"id": {i.ID}},
		"filter": {"action": {"cancel"}, "all": {"1"}, "state": {"lost"}},
		"before": {"action": {"cancel"}, "all": {"1"}, "before": {"tomorrow"}},
		"blanks": {"action": {"cancel"}, "all": {"1"}, "q": {" "}},
		"accent": {"action": {"cancel"}, "all": {"1"}, "q": {"\u0301"}},
	} {
		require.Equal(t, http.StatusUnprocessableEntity, h.get("/tasks/ask?"+form.Encode()).status, name)
		require.Equal(t, http.StatusUnprocessableEntity, h.post("/tasks/act", form).status, name)
	}
	away := url.Values{"action": {"extend"}, "id": {i.ID}, "count": {"1"}, "back": {"https://elsewhere.example/"}}
	require.Equal(t, "/tasks/active?n=1&said=tasks_extend", h.post("/tasks/act", away).location)
	require.Equal(t, http.StatusNotFound, h.get("/tasks/bulk/none").status)
}
