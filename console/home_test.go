package console_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

func TestHomeTeachesTheFirstSteps(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	home := h.get("/").words()
	require.Contains(t, home, "Voeg gebruikers toe Maak ze aan, importeer een rooster of maak een koppeling met een andere ondersteunde adreslijstvoorziening. nog te doen")
	require.Contains(t, home, "Geef Heraut een openbaar adres Daar komt de uitnodigingspagina, en het gebruikersportaal. gedaan")
	require.Contains(t, home, "Geen uitnodiging vraagt aandacht.")
	require.Contains(t, home, "Er loopt nu geen verzending.")
	zoe := h.user("Zoe", invitable)
	h.device("iPad", zoe)
	set := settings.DefaultMail()
	set.From = "it@example.org"
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameMail, set, nil, nil)
	require.NoError(t, err)
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	require.NotContains(t, h.get("/").words(), "nog te doen")
	require.NotContains(t, h.get("/").text, "<details open>")
}

func TestHomeTellsHowFarEverybodyIs(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.NotContains(t, h.get("/").text, "<progress", "nobody is how far")
	zoe := h.user("Zoe", invitable)
	h.user("Bram")
	h.invite(h.group("4A", []people.User{zoe, h.user("Sem", invitable)}))
	h.accept(zoe)
	home := h.get("/")
	require.Contains(t, home.words(), "Ingeschreven voor beheerde distributie: 1 van 3 gebruikers. 1 ingeschreven · 0 uitgenodigd · 2 nog niet uitgenodigd")
	require.Contains(t, home.text, `<progress value="1" max="3"`)
	require.Contains(t, h.get("/users?state=not_invited").text, "Bram")
}

func TestHomeShowsRunningSends(t *testing.T) {
	h := newHouse(t)
	h.invite(h.group(awkward, []people.User{h.user("Zoe", invitable), h.user("Sem", invitable)}))
	home := h.get("/")
	require.Contains(t, home.words(), "0 of 2 accepted")
	require.NotContains(t, home.text, "<b>")
}

// expired invites a user by mail, and lets that invitation run out.
func (h *house) expired(u people.User) invitation.Invitation {
	h.t.Helper()
	p, err := h.store.CreatePlan(h.t.Context(), setup, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.NoError(h.t, err)
	_, _, err = h.store.SendPlan(h.t.Context(), setup, p.ID, p.Digest, invitation.Schedule{ExpiresAfter: time.Millisecond})
	require.NoError(h.t, err)
	require.Eventually(h.t, func() bool {
		_, err := h.store.Record(h.t.Context(), u.ID)
		return err == nil && h.only(u.ID).State == invitation.Expired
	}, time.Minute, time.Millisecond)
	return h.only(u.ID)
}

func TestHomeLeadsToWhoAsksForANewLink(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe := h.user("Zoë", mailed)
	over := h.expired(zoe)
	require.NoError(t, h.store.AskNewLink(t.Context(), over.ID))
	h.pages.Forget()
	home := h.get("/")
	require.Contains(t, home.words(), "1 uitgenodigde vraagt om een nieuwe link")
	require.Contains(t, home.text, `<a href="/tasks/completed?marked=yes"`)
	list := h.get("/tasks/completed?marked=yes")
	require.Equal(t, []string{over.ID}, list.rows())
	require.Contains(t, list.text, `<a href="/users/`+zoe.ID+`/info">Nodig opnieuw uit</a>`)
	require.NotContains(t, h.get("/tasks/active").text, `name="marked"`, "what is open is at work")

	h.send(invitation.Request{UserID: zoe.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	h.pages.Forget()
	require.Contains(t, h.get("/").words(), "Geen uitnodiging vraagt aandacht.")
	require.Empty(t, h.get("/tasks/completed?marked=yes").rows())
	require.NotContains(t, h.get("/tasks/completed").text, "Nodig opnieuw uit")
}

func TestHomeLeadsToWhatFailed(t *testing.T) {
	h := newHouse(t)
	zoe, sem := h.invited("Zoë", ""), h.invited("Sem", "")
	for _, i := range []invitation.Invitation{zoe, sem} {
		h.delivered(i, invitation.Outcome{Class: invitation.Refused, Code: 550, Answer: "550 no"})
	}
	require.NoError(t, h.store.AskNewLink(t.Context(), sem.ID))
	h.pages.Forget()
	home := h.get("/")
	require.Contains(t, home.words(), "1 invited person asks for a new link 2 invitations failed in the last days")
	require.Contains(t, home.text, `<a href="/tasks/completed?state=failed"`)
	require.ElementsMatch(t, []string{zoe.ID, sem.ID}, h.get("/tasks/completed?state=failed").rows())
	h.become(people.Viewer)
	require.NotContains(t, h.get("/tasks/completed?marked=1").text, "Invite again", "viewers invite nobody")
}
