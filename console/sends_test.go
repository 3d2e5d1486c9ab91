package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// sums are the numbers of the table of a send's states, and their total.
func sums(t *testing.T, page answer) (sum, total int) {
	t.Helper()
	_, table, found := strings.Cut(page.text, "Where the invitations stand")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "</table>")
	for _, cell := range regexp.MustCompile(`<td class="number">(?:<a [^>]*>|<strong>)?(\d+)`).FindAllStringSubmatch(table, -1) {
		n, err := strconv.Atoi(cell[1])
		require.NoError(t, err)
		sum, total = sum+total, n // the last is the total
	}
	return sum, total
}

func TestProgressOfASendSumsToThePlan(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.user("Sem", mailed), h.user("Noor", mailed), h.user("Bram", mailed)
	for _, u := range []people.User{a, b, c} {
		h.phone(u, "iPad van "+u.FullName)
	}
	send := h.sent(forGroup(h.group("4A", []people.User{a, b, c})))
	at := "/sends/" + send.ID
	check := func(gone string) answer {
		page := h.get(at)
		require.Equal(t, http.StatusOK, page.status)
		sum, total := sums(t, page)
		require.Equal(t, 3, sum)
		require.Equal(t, 3, total)
		require.Contains(t, page.text, `<progress id="progress" max="3" value="`+gone+`">`)
		return page
	}
	check("0")
	h.deliver(a)
	h.deliver(b)
	h.accept(a)
	page := check("2")
	for _, href := range []string{"/tasks/active?send_id=" + send.ID + "&amp;state=sent", "/tasks/completed?send_id=" + send.ID + "&amp;state=accepted"} {
		require.Contains(t, page.text, href, "a number is a link to its list")
	}
	require.Contains(t, page.words(), "Cancel 2 invitations")
}

func TestSendIsLive(t *testing.T) {
	h := newHouse(t)
	quick(h)
	h.lang = "nl"
	a, b := h.user("Sem", mailed), h.user("Noor", mailed)
	send := h.sent(invitation.Request{GroupID: h.group("4A", []people.User{a, b}).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	events, _ := h.follow(h.get("/sends/" + send.ID))
	require.Contains(t, heard(t, events, "parts", `id="send-counts"`).data, `id="send-acts"`, "the first tells all")
	h.deliver(a)
	moved := heard(t, events, "parts", `<progress id="progress" max="2" value="1">`).data
	require.Contains(t, moved, `<span id="send-open" hx-swap-oob="true">Annuleer 2 uitnodigingen</span>`)
	require.NotContains(t, moved, "send-acts", "buttons stay while their state does")
	_, err := h.store.PauseSend(t.Context(), setup, send.ID)
	require.NoError(t, err)
	require.Contains(t, heard(t, events, "parts", "send-acts").data, "Hervat")
	require.Equal(t, "gepauzeerd", heard(t, events, "spoken", "").data)
	_, err = h.store.CancelSend(t.Context(), setup, send.ID)
	require.NoError(t, err)
	require.NotContains(t, heard(t, events, "parts", "send-acts").data, "<form")
	require.NotContains(t, h.get("/sends/"+send.ID).text, "sse-connect", "nothing follows any more")
}

func TestSendIsPausedResumedAndCancelled(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	a, b := h.user("Sem", mailed), h.user("Noor", mailed)
	send := h.sent(invitation.Request{GroupID: h.group("4A", []people.User{a, b}).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	at := "/sends/" + send.ID
	for _, c := range []struct{ path, words string }{
		{"/pause", "De verzending is gepauzeerd."},
		{"/pause", "De verzending is gepauzeerd."},
		{"/resume", "De verzending gaat verder."},
	} {
		led := h.post(at+c.path, url.Values{})
		require.Equal(t, http.StatusSeeOther, led.status)
		require.Contains(t, h.get(led.location).words(), c.words)
	}
	ask := h.get(at+"/cancel", dialog...)
	require.Contains(t, ask.words(), "De 2 openstaande uitnodigingen eindigen")
	require.Contains(t, ask.text, `<button class="danger">Annuleer 2 uitnodigingen</button>`)
	require.Contains(t, ask.text, "autofocus>Laat doorgaan</a>")
	require.Equal(t, http.StatusOK, h.get(at+"/cancel").status, "without script it is a page")
	gone := h.get(h.post(at+"/cancel", url.Values{}).location)
	require.Contains(t, gone.words(), "De verzending is geannuleerd.")
	require.NotContains(t, gone.text, at+"/pause")
	require.NotContains(t, gone.text, "every 3s", "nothing changes any more")
	require.Equal(t, []string{"wake send " + send.ID}, h.engine.told[:1])
	require.Len(t, h.engine.told, 4)
	for _, path := range []string{"/pause", "/resume", "/cancel"} {
		late := h.post(at+path, url.Values{})
		require.Equal(t, http.StatusConflict, late.status)
		require.Contains(t, late.words(), "Deze verzending is al geannuleerd.")
	}
}

func TestRateOfMail(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	send := h.sent(invitation.Request{UserID: h.user("Sem", mailed).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.Contains(t, h.get("/sends/"+send.ID).words(), "E-mail: geen maximum per minuut.")
	mail := settings.DefaultMail()
	mail.PerMinute = 40
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameMail, mail, nil, nil)
	require.NoError(t, err)
	require.Contains(t, h.get("/sends/"+send.ID).words(), "E-mail: 40 per minuut.")
	granted, until, err := h.store.LeaseMails(t.Context(), 40)
	require.NoError(t, err)
	require.Equal(t, 40, granted)
	require.Contains(t, h.get("/sends/"+send.ID).words(), "40 per minuut, gepauzeerd tot "+until.UTC().Format("15:04")+".")
}

func TestSendsAreListed(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/sends").words(), "Nothing has been sent yet.")
	u := h.user("Sem <b>", mailed)
	for range 60 {
		h.sent(invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	}
	g := h.group("Groep 4A", []people.User{u})
	last := h.sent(invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	first := h.get("/sends")
	require.Contains(t, first.text, `<a href="/sends/`+last.ID+`"><bdi>Groep 4A</bdi></a>`)
	require.Contains(t, first.text, "Sem &lt;b&gt;")
	require.Equal(t, 50, strings.Count(first.text, "<tr data-row>"))
	next := regexp.MustCompile(`href="(/sends\?after=[^"]+)" rel="next"`).FindStringSubmatch(first.text)
	require.NotNil(t, next)
	rest := h.get(next[1])
	require.Equal(t, 11, strings.Count(rest.text, "<tr data-row>"))
	require.Contains(t, rest.text, `<a href="/sends">`)
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/sends?after=forged").status)

	require.NoError(t, h.store.DeleteGroup(t.Context(), setup, g.ID, nil))
	require.Contains(t, h.get("/sends").text, "Groep 4A", "what was sent keeps its name")
	require.Equal(t, http.StatusOK, h.get("/sends/"+last.ID).status)
}

func TestPicturesHoldTheNumbersOfTheirTables(t *testing.T) {
	h := newHouse(t)
	a, b := h.user("Sem", mailed), h.user("Noor", mailed)
	g := h.group("4A", []people.User{a, b})
	send := h.sent(invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	h.deliver(a)
	h.accept(a)
	page := h.get("/sends/" + send.ID)
	require.Contains(t, page.text, `alt="Line of how many invitations were accepted over time: 1 of 2 now."`)
	require.Contains(t, page.text, "accepted.svg?theme=dark")
	_, table, found := strings.Cut(page.text, "The numbers of the picture")
	require.True(t, found)
	rows := strings.Count(table, "<tr><th scope=\"row\">")
	require.Contains(t, table, `<td class="number">1</td></tr>`+"\n</tbody>")
	h.prefer(func(a *people.Administrator) { a.Theme = people.ThemeDark })
	require.NotContains(t, h.get("/sends/"+send.ID).text, "theme=light", "the chosen theme alone")

	line := h.get("/sends/" + send.ID + "/accepted.svg").text
	_, points, _ := strings.Cut(line, `points="`)
	points, _, _ = strings.Cut(points, `"`)
	require.Len(t, strings.Fields(points), rows, "as many as the line has points")
	require.GreaterOrEqual(t, rows, 2)

	require.Contains(t, h.get("/groups/"+g.ID+"/info").text, `src="/groups/`+g.ID+`/states.svg?theme=dark" alt=""`, "the words above it say the numbers")

	drawings := map[string]string{}
	for _, path := range []string{"/sends/" + send.ID + "/accepted.svg", "/groups/" + g.ID + "/states.svg"} {
		for _, theme := range []string{"", "?theme=dark"} {
			got := h.get(path + theme)
			require.Equal(t, http.StatusOK, got.status)
			require.Equal(t, "image/svg+xml", got.header.Get("Content-Type"))
			require.NotContains(t, got.text, "style")
			drawings[path+theme] = got.text
		}
		require.NotEqual(t, drawings[path], drawings[path+"?theme=dark"])
	}
	require.Regexp(t, `enrolled</text>\n<rect [^>]*width="320"[^>]*>\n<text [^>]*>1</text>`, drawings["/groups/"+g.ID+"/states.svg"])
	for _, path := range []string{"/sends/none", "/sends/none/accepted.svg", "/sends/none/cancel", "/groups/none/states.svg"} {
		require.Equal(t, http.StatusNotFound, h.get(path).status, path)
	}
}

func TestSendsByRole(t *testing.T) {
	h := newHouse(t)
	send := h.sent(invitation.Request{UserID: h.user("Sem", mailed).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	at := "/sends/" + send.ID
	h.become(people.Viewer)
	page := h.get(at)
	require.Equal(t, http.StatusOK, page.status)
	require.NotContains(t, page.text, at+"/pause")
	require.Equal(t, http.StatusForbidden, h.get(at+"/cancel").status)
	for _, path := range []string{"/pause", "/resume", "/cancel"} {
		require.Equal(t, http.StatusForbidden, h.post(at+path, url.Values{}).status)
	}
	now, err := h.store.Send(t.Context(), send.ID)
	require.NoError(t, err)
	require.Equal(t, invitation.SendRunning, now.State)
}
