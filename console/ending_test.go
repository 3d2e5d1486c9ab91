package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/invitation"
	"heraut/people"
)

// addressed is a user whom a mail reaches, without a switch of their own.
func addressed(u *people.User) { u.Email = "somebody@example.org" }

// lit turns the services of a group on.
func (h *house) lit(g people.Group) people.Group {
	h.t.Helper()
	g, err := h.store.UpdateGroup(h.t.Context(), setup, g.ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(h.t, err)
	return g
}

// pending counts a user's open invitations.
func (h *house) pending(u people.User) int {
	h.t.Helper()
	n, err := h.store.CountInvitations(h.t.Context(), invitation.Filter{UserID: u.ID})
	require.NoError(h.t, err)
	return n
}

// hidden are the fields that a form hands on unseen.
func (a answer) hidden() url.Values {
	fields := url.Values{}
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(a.text, -1) {
		fields.Add(m[1], m[2])
	}
	return fields
}

func TestServicesOfAGroupGoOffAfterAQuestion(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe, sem, own := h.user("Zoë", addressed), h.user("Sem", addressed), h.user("Ada", mailed)
	g := h.lit(h.group("4A", []people.User{zoe, sem, own}))
	h.invite(g)
	path := "/groups/" + g.ID + "/services"
	asked := h.post(path, url.Values{})
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.words(), "Voorzieningen uitschakelen voor 4A? 2 openstaande uitnodigingen worden geannuleerd")
	require.Contains(t, asked.words(), "Schakel uit en annuleer 2 uitnodigingen")
	require.Contains(t, asked.text, `<a class="button" href="/groups/`+g.ID+`/info" autofocus>`, "the safe button has the focus")
	require.Equal(t, []int{1, 1, 1}, []int{h.pending(zoe), h.pending(sem), h.pending(own)}, "nothing happens unasked")

	h.accept(sem)
	late := h.post(path, asked.hidden())
	require.Equal(t, http.StatusConflict, late.status, "the number is another one")
	require.Contains(t, late.words(), "Er is intussen iets veranderd.")
	require.Contains(t, late.words(), "Schakel uit en annuleer 1 uitnodiging")
	_, err := h.store.UpdateGroup(t.Context(), setup, g.ID, nil, func(g people.Group) (people.Group, error) { g.Name = "4B"; return g, nil })
	require.NoError(t, err)
	late = h.post(path, late.hidden())
	require.Equal(t, http.StatusConflict, late.status, "the group is another one")
	require.Equal(t, 1, h.pending(zoe))

	require.Equal(t, http.StatusSeeOther, h.post(path, late.hidden()).status)
	require.Equal(t, []int{0, 1}, []int{h.pending(zoe), h.pending(own)}, "who has a switch keeps the services")
	require.Contains(t, h.engine.told, "wake user "+zoe.ID)
	require.NotContains(t, h.engine.told, "wake user "+own.ID)
}

func TestServicesOfAUserGoOffAfterAQuestion(t *testing.T) {
	h := newHouse(t)
	one := h.invited("Zoë", "iPad")
	path := "/users/" + one.User.ID + "/services"
	asked := h.post(path, url.Values{})
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.words(), "Turn the services off for Zoë? 1 open invitation is cancelled and can then no longer be accepted.")
	require.True(t, h.again(one.ID).State.Open())
	for _, wrong := range []string{"0", "-1", "2", "many"} {
		fields := asked.hidden()
		fields.Set("count", wrong)
		require.NotEqual(t, http.StatusSeeOther, h.post(path, fields).status, wrong)
	}
	require.True(t, h.again(one.ID).State.Open())
	require.Equal(t, http.StatusSeeOther, h.post(path, asked.hidden()).status)
	require.Equal(t, invitation.Cancelled, h.again(one.ID).State)
	require.Contains(t, h.engine.told, "wake user "+one.User.ID)
	require.Equal(t, http.StatusSeeOther, h.post(path, url.Values{}).status, "off already: nothing ends")
}

func TestMembersLeaveAfterAQuestion(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe, sem, own := h.user("Zoë", addressed), h.user("Sem", addressed), h.user("Ada", mailed)
	inner := h.group("inner", []people.User{sem})
	g := h.lit(h.group("4A", []people.User{zoe, own}, inner))
	h.invite(g)
	path := "/groups/" + g.ID + "/members"
	require.Equal(t, http.StatusSeeOther, h.post(path, url.Values{"do": {"remove"}, "user": {own.ID}}).status, "nothing ends")
	asked := h.post(path, url.Values{"do": {"remove"}, "user": {zoe.ID}, "group": {inner.ID}})
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.words(), "Leden uit 4A verwijderen? 2 openstaande uitnodigingen")
	require.Contains(t, asked.words(), "Verwijder uit groep en annuleer 2 uitnodigingen")
	users, groups, err := h.store.GroupMembers(t.Context(), g.ID)
	require.NoError(t, err)
	require.Equal(t, []string{zoe.ID, inner.ID}, append(users, groups...))

	joined := h.post(path, url.Values{"do": {"add"}, "user": {own.ID}})
	require.Equal(t, http.StatusSeeOther, joined.status)
	late := h.post(path, asked.hidden())
	require.Equal(t, http.StatusConflict, late.status, "the group is another one")
	require.Equal(t, http.StatusSeeOther, h.post(path, late.hidden()).status)
	require.Equal(t, []int{0, 0, 1}, []int{h.pending(zoe), h.pending(sem), h.pending(own)})
	require.Contains(t, h.engine.told, "wake user "+sem.ID)
}

func TestTheQuestionIsAskedInABrowser(t *testing.T) {
	h := newHouse(t)
	one := h.invited("Zoë", "iPad")
	page := h.browser(browsertest.Options{Language: "nl"})
	page.Go(h.url + "/users/" + one.User.ID + "/info")
	page.Activate("checkbox Schakel voorzieningen voor beheerde distributie in", " ")
	page.Activate("button Bewaar", "\r")
	page.Until(`document.activeElement.textContent === "Annuleer"`, "the safe button has no focus: %s", page.Words())
	page.Press("\r")
	page.Until(`location.pathname.endsWith("/info")`, "not back")
	require.True(t, h.again(one.ID).State.Open())
}
