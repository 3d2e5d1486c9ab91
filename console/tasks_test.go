package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

func TestActiveTasks(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	waits, tries := h.invited("Zoë <b>Ünal", "iPad van Zoë"), h.invited("سارة بن علي", "")
	h.delivered(waits, taken)
	h.delivered(tries, later)
	h.licensed("Bram de Vries")

	got := h.get("/tasks/active")
	require.Equal(t, http.StatusOK, got.status)
	require.Len(t, got.rows(), 3)
	require.Contains(t, got.text, "<bdi>Zoë &lt;b&gt;Ünal</bdi>")
	require.Contains(t, got.text, `<q class="small"><bdi>451 try again &lt;b&gt;</bdi></q>`)
	words := got.words()
	require.Contains(t, words, "Actieve taken 3 open · 1 wacht op een nieuwe poging")
	require.Contains(t, words, "iPad van Zoë E-mail Wacht op antwoord sinds")
	require.Contains(t, words, "zonder apparaat E-mail Wacht op een nieuwe poging · poging 2 over")
	require.Contains(t, words, "Bram de Vries Pages app Wacht op een licentie sinds")
	require.Contains(t, got.text, `href="/tasks/active?waiting_for=retry"`)
	require.Contains(t, got.text, `href="/invitations/`+waits.ID+`"`)
	require.NotContains(t, got.text, `value="`+got.rows()[0]+`"`, "nothing can be done about a license: "+words)
	require.Contains(t, got.text, `name="id" value="`+waits.ID+`" aria-label="Selecteer Zoë &lt;b&gt;Ünal iPad van Zoë"`)

	h.lang = "en"
	require.Contains(t, h.get("/tasks/active").words(), "Active tasks 3 open · 1 waits for another attempt")
}

func TestNoTasks(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	got := h.get("/tasks/active").words()
	require.Contains(t, got, "0 open")
	require.Contains(t, got, "Er staan geen taken open. Kies een gebruiker of een groep om uitnodigingen te versturen.")
}

func TestCompletedTasks(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.Contains(t, h.get("/tasks/completed").words(), "Er is nog niets afgehandeld.")
	first, second := h.invited("Zoë Ünal", "iPad"), h.invited("Bram", "")
	h.cancelled(second)
	h.cancelled(first)
	got := h.get("/tasks/completed")
	require.Equal(t, []string{first.ID, second.ID}, got.rows(), "the last one first")
	require.Contains(t, got.words(), "Geannuleerd zojuist")
	require.Contains(t, got.words(), "Door een beheerder geannuleerd")
	require.NotContains(t, got.text, `name="id"`, "what is settled can not be acted on")
	require.Equal(t, []string{second.ID}, h.get("/tasks/completed?q=bram&state=cancelled").rows())
	require.Empty(t, h.get("/tasks/completed?state=failed").rows())
}

func TestTasksAreFiltered(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.invited("Zoë Ünal", "iPad van Zoë"), h.invited("Bram", "MacBook")
	h.delivered(zoe, taken)
	g, err := h.store.CreateGroup(t.Context(), setup, people.Group{Name: "4A <i>"})
	require.NoError(t, err)
	h.member(g, zoe.User.ID)
	require.NoError(t, h.store.AskNewLink(t.Context(), zoe.ID))
	for query, want := range map[string][]string{
		"":                 {bram.ID, zoe.ID},
		"sort=oldest":      {zoe.ID, bram.ID},
		"sort=next_action": {bram.ID, zoe.ID},
		"q=unal":           {zoe.ID},
		"q=macbook":        {bram.ID},
		"q=%25":            nil,
		"q=%00":            nil, // names nobody

		"state=sent":                 {zoe.ID},
		"state=queued&channel=mail":  {bram.ID},
		"channel=alert":              nil,
		"waiting_for=answer":         {zoe.ID},
		"age=today":                  {bram.ID, zoe.ID},
		"age=week":                   nil,
		"marked=1":                   {zoe.ID},
		"group_id=" + g.ID:           {zoe.ID},
		"user_id=" + bram.User.ID:    {bram.ID},
		"device_id=" + zoe.Device.ID: {zoe.ID},
		"send_id=" + bram.SendIDs[0]: {bram.ID},
		"user_id=" + bram.User.ID + "&state=sent&sort=oldest": nil,
	} {
		got := h.get("/tasks/active?" + query)
		require.Equal(t, http.StatusOK, got.status, query)
		require.Equal(t, want, got.rows(), query)
	}
	chosen := h.get("/tasks/active?group_id=" + g.ID + "&state=sent&device_id=" + zoe.Device.ID)
	require.Contains(t, chosen.text, `name="group" list="task-groups" value="4A &lt;i&gt;"`)
	require.Contains(t, chosen.text, `<input type="hidden" name="group_id" value="`+g.ID+`">`)
	require.Contains(t, chosen.text, `<option value="sent" selected>`)
	require.Contains(t, chosen.words(), "Device: iPad van Zoë")
	require.Contains(t, chosen.text, `href="/tasks/active?group_id=`+g.ID+`&amp;state=sent" aria-label="Without iPad van Zoë"`)
	require.Contains(t, h.get("/tasks/active?q=nobody").words(), "No task matches the filter.")
	require.Contains(t, h.get("/tasks/active").words(), "asks for a new link")
	for _, wrong := range []string{"state=lost", "channel=pigeon", "waiting_for=godot", "age=old", "sort=random", "after=forged"} {
		require.Equal(t, http.StatusUnprocessableEntity, h.get("/tasks/active?"+wrong).status, wrong)
	}
	for _, gone := range []string{"group_id=none", "user_id=none", "device_id=none", "send_id=none"} {
		require.Equal(t, http.StatusNotFound, h.get("/tasks/active?"+gone).status, gone)
	}
}

func (h *house) member(g people.Group, users ...string) {
	h.t.Helper()
	_, err := h.store.SetMembers(h.t.Context(), setup, g.ID, users, nil)
	require.NoError(h.t, err)
}

func TestManyTasksComeInParts(t *testing.T) {
	h := newHouse(t)
	g := h.fleet(120)
	for _, sort := range []string{"", "oldest", "next_action"} {
		seen := map[string]bool{}
		parts := 0
		for path := "/tasks/active?group_id=" + g.ID + "&sort=" + sort; path != ""; parts++ {
			got := h.get(path)
			for _, id := range got.rows() {
				require.False(t, seen[id], "twice")
				seen[id] = true
			}
			path = got.next()
			require.Equal(t, parts > 0, strings.Contains(got.text, "Back to the beginning") || strings.Contains(got.words(), "beginning"), sort)
			require.Contains(t, got.words(), "Select all 120 that match the filter")
		}
		require.Len(t, seen, 120)
		require.Equal(t, 3, parts)
	}
	part := h.get("/tasks/active?q=pupil+0001", "HX-Request", "true", "HX-Target", "tasks")
	require.Len(t, part.rows(), 1)
	require.NotContains(t, part.text, "<html")
	require.NotContains(t, part.text, "hx-swap-oob", "nothing of a list leaves its place")
	require.Contains(t, part.text, "sse-connect", "a new list has its own stream")
}

// next is where the following part of a list is; empty: there is none.
func (a answer) next() string {
	before, _, more := strings.Cut(a.text, `" rel="next"`)
	if !more {
		return ""
	}
	return strings.ReplaceAll(before[strings.LastIndex(before, `href="`)+len(`href="`):], "&amp;", "&")
}

func TestLongNamesAndManyGroups(t *testing.T) {
	h := newHouse(t)
	long := strings.Repeat("Æ", 300)
	h.invited(long, long)
	for i := range 105 {
		_, err := h.store.CreateGroup(t.Context(), setup, people.Group{Name: fmt.Sprintf("Group %03d", i)})
		require.NoError(t, err)
	}
	last, err := h.store.CreateGroup(t.Context(), setup, people.Group{Name: "Zebra"})
	require.NoError(t, err)
	require.Contains(t, h.get("/tasks/active").text, long)
	require.NotContains(t, h.get("/tasks/active").text, "Zebra", "not all are offered")
	require.Contains(t, h.get("/tasks/active?group_id="+last.ID).text, `list="task-groups" value="Zebra"`, "the chosen one is shown")
	require.Equal(t, `<option value="Zebra"></option>`, h.get("/tasks/groups?group=ZEB", "HX-Request", "true").text)
	require.Len(t, strings.Split(h.get("/tasks/groups?group=group", "HX-Request", "true").text, "<option"), 21)
	require.Empty(t, h.get("/tasks/groups?group=nobody", "HX-Request", "true").text)
}

func TestTasksByRole(t *testing.T) {
	h := newHouse(t)
	i := h.invited("Zoë", "iPad")
	form := url.Values{"action": {"cancel"}, "id": {i.ID}, "count": {"1"}, "back": {"/tasks/active"}}
	h.become(people.Viewer)
	require.Len(t, h.get("/tasks/active").rows(), 1)
	require.NotContains(t, h.get("/tasks/active").text, "/tasks/ask")
	require.NotContains(t, h.get("/invitations/"+i.ID).text, "/tasks/ask")
	require.Equal(t, http.StatusForbidden, h.get("/tasks/ask?action=cancel&id="+i.ID).status)
	require.Equal(t, http.StatusForbidden, h.post("/tasks/act", form).status)
	require.Equal(t, invitation.Queued, h.again(i.ID).State)
	h.become(people.Operator)
	require.Contains(t, h.get("/tasks/active").text, "/tasks/ask")
	require.Equal(t, http.StatusSeeOther, h.post("/tasks/act", form).status)
	require.Equal(t, invitation.Cancelled, h.again(i.ID).State)
}

func TestASearchForBlanksIsNone(t *testing.T) {
	h := newHouse(t)
	zoe := h.invited("Zoë", "")
	for query, want := range map[string][]string{"q=": {zoe.ID}, "q=+%09": {zoe.ID}, "q=+zo+": {zoe.ID}, "q=%CC%81": {}, "q=%00": {}} {
		require.ElementsMatch(t, want, h.get("/tasks/active?"+query).rows(), query)
	}
}
