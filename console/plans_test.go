package console_test

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// TestOneDeviceIsInvited plays the manual's steps for a user, in both
// languages, without script.
func TestOneDeviceIsInvited(t *testing.T) {
	for lang, words := range map[string]struct{ button, send, cancel, sent string }{
		"nl": {"Verstuur uitnodiging naar iPad van Zoë", "Stuur", "Annuleer", "1 uitnodiging gaat op weg."},
		"en": {"Send invitation to iPad van Zoë", "Send", "Cancel", "1 invitation is on its way."},
	} {
		h := newHouse(t)
		h.lang = lang
		zoe := h.user("Zoë <i>Ünal</i>", served)
		device := h.phone(zoe, "iPad van Zoë")
		h.phone(zoe, "Mac van Zoë")
		info := h.get("/users/" + zoe.ID + "/info")
		require.Contains(t, info.words(), words.button)

		at, page := h.planned(url.Values{"user_id": {zoe.ID}, "device_id": {device.ID}})
		require.Contains(t, page.text, "Zoë &lt;i&gt;Ünal&lt;/i&gt;", "a name is text")
		require.Contains(t, page.text, "<bdi>iPad van Zoë</bdi>")
		require.NotContains(t, page.text, "Mac van Zoë")
		require.Contains(t, page.text, `<button class="primary">`+words.send+`</button>`)
		require.Regexp(t, `<a class="button"[^>]* autofocus>`+words.cancel+`</a>`, page.text, "focus on the safe one")
		require.Empty(t, h.engine.told, "nothing leaves before Send")

		sent := h.post(at+"/send", page.digest())
		require.Equal(t, http.StatusSeeOther, sent.status)
		require.Contains(t, h.get(sent.location).words(), words.sent)
		require.Equal(t, []string{"start user " + zoe.ID}, h.engine.told)

		send, _, _ := strings.Cut(sent.location, "?")
		require.Equal(t, send+"?said=sent_before", h.post(at+"/send", page.digest()).location, "Back, and Send once more")
		require.Len(t, h.engine.told, 1, "nothing is sent twice")
		again := h.get(at)
		require.NotContains(t, again.text, `name="digest"`)
		require.Contains(t, again.text, `href="`+send+`"`)
		require.Contains(t, h.get("/users/"+zoe.ID+"/info").text, "/invitations/")
	}
}

func TestPlanInTheDialog(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem", mailed)
	page := h.post("/plans", url.Values{"user_id": {u.ID}, "channel": {"mail"}}, dialog...)
	require.Equal(t, http.StatusOK, page.status)
	require.True(t, strings.HasPrefix(page.text, `<h1 id="dialog-title">`), page.text)
	require.Contains(t, page.text, `hx-target="#dialog"`)
	require.Contains(t, page.words(), "Mail 1 Invitations 1 Users 1 Messages that leave 1")
	sent := h.post(page.plan()+"/send", page.digest(), dialog...)
	require.Equal(t, http.StatusNoContent, sent.status)
	require.True(t, strings.HasPrefix(sent.location, "/sends/"), "htmx leaves the dialog")
}

func TestTwoAdministratorsSendOnce(t *testing.T) {
	h := newHouse(t)
	a, b := h.user("Sem", served), h.user("Noor", served)
	h.phone(a, "a")
	h.phone(b, "b")
	at, page := h.planned(url.Values{"group_id": {h.group("4A", []people.User{a, b}).ID}})
	var group sync.WaitGroup
	led := make([]string, 6)
	for i := range led {
		group.Go(func() { led[i] = strings.Split(h.post(at+"/send", page.digest()).location, "?")[0] })
	}
	group.Wait()
	require.Len(t, slices.Compact(led), 1, "all of them see the same send")
	require.True(t, strings.HasPrefix(led[0], "/sends/"))
	require.Len(t, h.engine.told, 1)
}

func TestStalePlanShowsTheDifference(t *testing.T) {
	h := newHouse(t)
	a, b, c := h.user("Sem", served), h.user("Noor", served), h.user("Bram", served)
	device := h.phone(a, "iPad van Sem")
	h.phone(b, "iPad van Noor")
	fields := url.Values{"group_id": {h.group("4A", []people.User{a, b, c}).ID}}
	for _, headers := range [][]string{nil, dialog} {
		_, page := h.planned(fields)
		_, err := h.store.UpdateDevice(t.Context(), setup, device.ID, nil, func(d people.Device) (people.Device, error) {
			a, c = c, a
			d.UserID = a.ID
			return d, nil
		})
		require.NoError(t, err)
		stale := h.post(page.plan()+"/send", page.digest(), headers...)
		require.Equal(t, http.StatusConflict, stale.status)
		require.Contains(t, stale.words(), "Something has changed meanwhile, so nothing was sent.")
		require.Contains(t, stale.words(), "1 invitation added "+a.FullName+" · iPad van Sem")
		require.Contains(t, stale.words(), "1 invitation removed "+c.FullName+" · iPad van Sem")
		require.Empty(t, h.engine.told)
		require.NotEqual(t, page.plan(), stale.plan(), "a fresh plan is to be confirmed")
		require.NotEqual(t, page.digest(), stale.digest())
		page = stale
		if headers != nil {
			require.Equal(t, http.StatusNoContent, h.post(page.plan()+"/send", page.digest(), headers...).status)
			require.Len(t, h.engine.told, 1)
		}
	}
}

func TestDeviceOfSomebodyElseByNow(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	a, b := h.user("Sem", served), h.user("Noor", served)
	refused := h.post("/plans", url.Values{"user_id": {a.ID}, "device_id": {h.phone(b, "iPad").ID}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Dit apparaat is niet aan de gebruiker gekoppeld.")
	require.Contains(t, refused.text, `href="/users/`+a.ID+`/info"`)
}

func TestPlanGrowsOld(t *testing.T) {
	now := time.Now()
	h := newHouse(t, func(d *console.Dependencies) { d.Now = func() time.Time { return now } })
	u := h.user("Sem", mailed)
	at, page := h.planned(url.Values{"user_id": {u.ID}, "channel": {"mail"}})
	now = now.Add(2 * time.Hour)
	old := h.get(at)
	require.Contains(t, old.words(), "This plan is older than an hour. Nothing was sent.")
	require.NotContains(t, old.text, ">Send</button>")
	require.Contains(t, old.text, `action="`+at+`/again"`)
	now = now.Add(-2 * time.Hour)
	fresh := h.post(at+"/again", page.digest())
	require.Equal(t, http.StatusSeeOther, fresh.status)
	require.NotEqual(t, at, fresh.location)
	require.Contains(t, h.get(fresh.location).text, ">Send</button>")
}

// refusing is who confirms no plan, for one reason.
type refusing struct{ err error }

func (r refusing) SendPlan(context.Context, people.Actor, string, string, invitation.Schedule) (invitation.Send, bool, error) {
	return invitation.Send{}, false, r.err
}

func TestPlanIsNotSentForAReason(t *testing.T) {
	for words, err := range map[string]error{
		"Er kan nog niets worden verstuurd: start Heraut met --public-url": fault.New(fault.Conflict,
			"Nothing can be sent yet: start Heraut with --public-url, the address at which people reach it."),
		"Dit plan is ouder dan een uur. Er is niets verstuurd.": fault.New(fault.PlanExpired, "The plan is older than an hour; plan again."),
	} {
		h := newHouse(t, func(d *console.Dependencies) { d.Plans = refusing{err} })
		h.lang = "nl"
		at, page := h.planned(url.Values{"user_id": {h.user("Sem", mailed).ID}, "channel": {"mail"}})
		for _, headers := range [][]string{nil, dialog} {
			refused := h.post(at+"/send", page.digest(), headers...)
			require.Equal(t, http.StatusConflict, refused.status)
			require.Contains(t, refused.words(), words)
		}
	}
	h := newHouse(t, func(d *console.Dependencies) {
		d.Plans = refusing{fault.New(fault.Unavailable, "The database is away.")}
	})
	at, page := h.planned(url.Values{"user_id": {h.user("Sem", mailed).ID}, "channel": {"mail"}})
	require.Equal(t, http.StatusServiceUnavailable, h.post(at+"/send", page.digest()).status)
}

func TestPlanOfAnotherDigest(t *testing.T) {
	h := newHouse(t)
	at, _ := h.planned(url.Values{"user_id": {h.user("Sem", mailed).ID}, "channel": {"mail"}})
	for _, fields := range []url.Values{{}, {"digest": {"forged"}}} {
		refused := h.post(at+"/send", fields)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.words(), "This is not the plan that you have seen.")
		require.Contains(t, refused.text, ">Send</button>", "it can be confirmed as it is")
	}
	require.Empty(t, h.engine.told)
}

func TestEmptyPlanSaysWhy(t *testing.T) {
	h := newHouse(t)
	at, page := h.planned(url.Values{"user_id": {h.user("Sem", served).ID}})
	require.Contains(t, page.words(), "This plan invites nobody.")
	require.Contains(t, page.words(), "1 user has no device.")
	require.NotContains(t, page.text, ">Send</button>")
	require.Equal(t, http.StatusUnprocessableEntity, h.post(at+"/send", page.digest()).status)
}

func TestUnknownPlans(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem", mailed)
	require.Equal(t, http.StatusNotFound, h.get("/plans/none").status)
	for _, path := range []string{"/plans/none/send", "/plans/none/again", "/plans/none/mend"} {
		require.Equal(t, http.StatusNotFound, h.post(path, url.Values{}).status, path)
	}
	for _, fields := range []url.Values{
		{},
		{"user_id": {"nobody"}},
		{"group_id": {"none"}},
		{"user_id": {u.ID}, "audience": {"everybody"}},
		{"user_id": {u.ID}, "channel": {"pigeon"}},
		{"user_id": {u.ID}, "group_id": {"none"}},
	} {
		for _, headers := range [][]string{nil, dialog} {
			require.Equal(t, http.StatusUnprocessableEntity, h.post("/plans", fields, headers...).status, fields)
		}
	}
}

func TestPlansByRole(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem", mailed)
	at, page := h.planned(url.Values{"user_id": {u.ID}, "channel": {"mail"}})
	h.become(people.Viewer)
	seen := h.get(at)
	require.Equal(t, http.StatusOK, seen.status)
	require.NotContains(t, seen.text, ">Send</button>")
	require.NotContains(t, h.get("/users/"+u.ID+"/info").text, `action="/plans"`)
	for _, path := range []string{"/plans", at + "/send", at + "/again", at + "/mend"} {
		require.Equal(t, http.StatusForbidden, h.post(path, page.digest()).status, path)
	}
	require.Empty(t, h.engine.told)
}
