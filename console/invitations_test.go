package console_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/console/page"
	"heraut/invitation"
	"heraut/people"
)

func TestInvitationTellsItsLife(t *testing.T) {
	h := newHouse(t, func(d *console.Dependencies) { d.UIOrigin, d.Namespace = "http://127.0.0.1:8233", "school 1" })
	h.lang = "nl"
	i := h.invited("Zoë <b>", "iPad van Zoë")
	h.delivered(i, later)
	_, err := h.store.ResendInvitation(t.Context(), people.Actor{Kind: people.ActorAdmin, Name: "Ada"}, i.ID, "batch")
	require.NoError(t, err)
	h.delivered(i, taken)
	got := h.get("/invitations/" + i.ID)
	require.Equal(t, http.StatusOK, got.status)
	words := got.words()
	require.Contains(t, words, "Uitnodiging voor Zoë &lt;b&gt; Wacht op antwoord sinds 0 seconden · herinnering")
	require.Regexp(t, `De uitnodiging is gemaakt, via e-mail.*Versturen is uitgesteld.*De uitnodiging is opnieuw verstuurd\..*· Ada.*Het bericht via e-mail is afgeleverd\. 250 2\.0\.0 Ok`, words)
	require.Contains(t, words, "Apparaat iPad van Zoë")
	require.Contains(t, got.text, `href="/tasks/ask?id=`+i.ID+`&amp;back=/invitations/`+i.ID+`&amp;action=cancel"`)
	require.Contains(t, got.text, `<a href="http://127.0.0.1:8233/namespaces/school%201/workflows/`+invitation.UserWorkflowID(i.User.ID)+`"`)
	require.Contains(t, got.text, `<a href="/tasks/active" aria-current="true">`)

	h.cancelled(i)
	over := h.get("/invitations/" + i.ID)
	require.Contains(t, over.words(), "Geannuleerd zojuist")
	require.Contains(t, over.words(), "De uitnodiging is geannuleerd. Door een beheerder geannuleerd")
	require.NotContains(t, over.text, "/tasks/ask")
	require.NotContains(t, newHouseWith(t, i).text, "workflows/", "only where there is a UI")
	require.Equal(t, http.StatusNotFound, h.get("/invitations/none").status)
}

// newHouseWith is the page of an invitation like another, without a UI of the
// engine.
func newHouseWith(t *testing.T, like invitation.Invitation) answer {
	t.Helper()
	h := newHouse(t)
	i := h.invited(like.User.FullName, "")
	got := h.get("/invitations/" + i.ID)
	require.Contains(t, got.words(), "without a device")
	return got
}

func TestNewLinkIsAsked(t *testing.T) {
	h := newHouse(t)
	i := h.invited("Zoë", "")
	require.NotContains(t, h.get("/invitations/"+i.ID).words(), "asks for a new link")
	require.NoError(t, h.store.AskNewLink(t.Context(), i.ID))
	got := h.get("/invitations/" + i.ID).words()
	require.Contains(t, got, "The user asks for a new link. Send the invitation again or extend it.")
	h.cancelled(i)
	settled := h.get("/invitations/" + i.ID)
	require.Contains(t, settled.text, `<a href="/users/`+i.User.ID+`/info" id="fact-anew">Invite the user again.</a>`)
}

// TestEveryEventHasASentence goes through the store's own text, so that no event
// is added there that the console can not tell.
func TestEveryEventHasASentence(t *testing.T) {
	files, err := filepath.Glob("../store/*.go")
	require.NoError(t, err)
	written := regexp.MustCompile(`(?:[Ww]hat: |\.note\(ctx, (?:id, )?)"([a-z_]+)"`)
	events := map[string]bool{"created": true}
	for _, state := range invitation.SettledStates { // settleWhere writes the state itself
		events[string(state)] = true
	}
	events[string(invitation.Shown)] = true // as reporter.note does
	for _, state := range []invitation.DeliveryState{
		invitation.Claimed, invitation.Transmitting, invitation.TakenByIt, invitation.RefusedByIt, invitation.UnknownToUs, invitation.Withdrawn,
	} {
		events["delivery_"+string(state)], events["reminder_"+string(state)] = true, true
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range written.FindAllSubmatch(text, -1) {
			events[string(m[1])] = true
			found++
		}
	}
	require.Greater(t, found, 12, "the store writes its events in another way now")
	words, err := page.LoadWords(os.DirFS("."), "locales")
	require.NoError(t, err)
	for _, lang := range page.Languages {
		for what := range events {
			require.True(t, words.In(lang).Has("event."+what), "%s in %s", what, lang)
		}
	}
}
