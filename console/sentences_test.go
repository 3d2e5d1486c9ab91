package console

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
	"heraut/invitation"
	"heraut/people"
)

// speaker is a visit that can speak and nothing else, at noon UTC on 12
// November 2026.
func speaker(t *testing.T, lang string) *visit {
	t.Helper()
	words, err := page.LoadWords(files, "locales")
	require.NoError(t, err)
	tongue := words.In(lang)
	now := time.Date(2026, 11, 12, 12, 0, 0, 0, time.UTC)
	return &visit{words: tongue, clock: page.Clock{Tongue: tongue, Now: now}}
}

func TestWhereAnInvitationStands(t *testing.T) {
	nl, en := speaker(t, "nl"), speaker(t, "en")
	now := nl.clock.Now
	ago, later, end := now.Add(-72*time.Hour), now.Add(21*time.Hour), now.Add(27*24*time.Hour)
	for _, c := range []struct {
		i      invitation.Invitation
		nl, en string
	}{
		{
			invitation.Invitation{State: invitation.Sent, WaitingFor: invitation.WaitingAnswer, SentAt: ago, NextActionAt: later, ExpiresAt: end},
			"Wacht op antwoord sinds 3 dagen · herinnering morgen 09:00", "Has waited for an answer for 3 days · reminder tomorrow 09:00",
		},
		{
			invitation.Invitation{State: invitation.Shown, WaitingFor: invitation.WaitingAnswer, SentAt: ago, NextActionAt: end, ExpiresAt: end},
			"Getoond op het apparaat, wacht op antwoord sinds 3 dagen · verloopt 9 dec. 2026 12:00",
			"Shown on the device, has waited for an answer for 3 days · expires 9 Dec 2026 12:00",
		},
		{
			invitation.Invitation{
				State: invitation.Queued, Channel: invitation.ChannelMail, WaitingFor: invitation.WaitingRetry, Attempts: 3,
				NextActionAt: now.Add(6 * time.Minute), ExpiresAt: end, LastAnswer: "451 try again",
			},
			"Wacht op een nieuwe poging · poging 4 over 6 minuten · 451 try again", "Waits for another attempt · attempt 4 in 6 minutes · 451 try again",
		},
		{
			invitation.Invitation{State: invitation.Queued, Channel: invitation.ChannelMail, WaitingFor: invitation.WaitingRelay, ExpiresAt: end},
			"Wacht op de mailserver", "Waits for the mail server",
		},
		{
			invitation.Invitation{
				State: invitation.Queued, Channel: invitation.ChannelMDM, WaitingFor: invitation.WaitingRelay, NextActionAt: now.Add(time.Minute), ExpiresAt: end,
			},
			"Wacht op de pushvoorziening van Apple · gaat verder over 1 minuut", "Waits for Apple's push service · goes on in 1 minute",
		},
		{
			invitation.Invitation{State: invitation.Queued, NextActionAt: ago, ExpiresAt: end},
			"Wordt verstuurd", "Being sent",
		},
		{
			invitation.Invitation{State: invitation.Queued, NextActionAt: now.Add(2 * time.Minute), ExpiresAt: end},
			"Wordt verstuurd · wordt over 2 minuten verstuurd", "Being sent · leaves in 2 minutes",
		},
		{
			invitation.Invitation{State: invitation.Queued, WaitingFor: invitation.WaitingPause, ExpiresAt: end},
			"Gepauzeerd · gaat verder zodra de verzending wordt hervat", "Paused · goes on once the send is resumed",
		},
		{
			invitation.Invitation{State: invitation.Accepted, SettledAt: ago},
			"Geaccepteerd 3 dagen geleden", "Accepted 3 days ago",
		},
		{
			invitation.Invitation{State: invitation.Cancelled, SettledAt: ago, LastAnswer: "device_reassigned"},
			"Geannuleerd 3 dagen geleden · Het apparaat is aan iemand anders toegewezen", "Cancelled 3 days ago · The device was assigned to somebody else",
		},
		{
			invitation.Invitation{State: invitation.Failed, SettledAt: ago, LastAnswer: "550 no such user"},
			"Mislukt 3 dagen geleden · 550 no such user", "Failed 3 days ago · 550 no such user",
		},
	} {
		require.Equal(t, c.nl, nl.invited(c.i).Text())
		require.Equal(t, c.en, en.invited(c.i).Text())
	}
}

// TestEveryStateHasWords goes through all that the store may say.
func TestEveryStateHasWords(t *testing.T) {
	for _, lang := range page.Languages {
		v := speaker(t, lang)
		for _, state := range invitation.States {
			require.True(t, v.words.Has("state.invitation."+string(state)), state)
			said := v.invited(invitation.Invitation{State: state, SettledAt: v.clock.Now, WaitingFor: waitOf(state)})
			require.NotContains(t, said.Text(), ".", "%s: a key without words", state)
			require.NotEmpty(t, said.Tone)
		}
		for _, wait := range []invitation.WaitingFor{
			invitation.WaitingRelay, invitation.WaitingLimit, invitation.WaitingPause, invitation.WaitingDevice, invitation.WaitingRetry,
			invitation.WaitingAnswer, invitation.WaitingLicense,
		} {
			said := v.invited(invitation.Invitation{State: invitation.Queued, WaitingFor: wait}).Text()
			require.NotContains(t, said, "wait.", wait)
		}
		require.Equal(t, "550 no such user", v.answer("550 no such user"), "a provider's words")
		for _, state := range []invitation.SendState{invitation.SendRunning, invitation.SendPaused, invitation.SendSettled, invitation.SendCancelled} {
			require.True(t, v.words.Has("state.send."+string(state)), state)
		}
	}
}

func TestAnswersOfOursAreTranslated(t *testing.T) {
	nl := speaker(t, "nl")
	for said, want := range map[string]string{
		"The device is not enrolled, or has not finished enrolling.": "Het apparaat is niet ingeschreven, of nog niet klaar met inschrijven.",
		"left_directory": "Staat niet meer in de adreslijst",
		"Connecting to mx.example.org on port 25 did not work: connection refused.": "Verbinden met mx.example.org op poort 25 lukte niet: de verbinding werd geweigerd.",
		"451 try again": "451 try again",
	} {
		require.Equal(t, want, nl.answer(said))
	}
}

func waitOf(state invitation.State) invitation.WaitingFor {
	if state.Open() {
		return invitation.WaitingAnswer
	}
	return ""
}

func TestLifeOfAnInvitation(t *testing.T) {
	nl := speaker(t, "nl")
	at := nl.clock.Now.Add(-time.Hour)
	for _, c := range []struct {
		e    invitation.Event
		want happening
	}{
		{
			invitation.Event{At: at, What: "delivery_accepted", Channel: invitation.ChannelMail, Answer: "250 queued"},
			happening{Text: "Het bericht via e-mail is afgeleverd.", Answer: "250 queued"},
		},
		{
			invitation.Event{At: at, What: "cancelled", Answer: "services_off", Actor: people.Actor{Kind: people.ActorAdmin, Name: "Ada: <b>"}.String()},
			happening{Text: "De uitnodiging is geannuleerd.", Answer: "Voorzieningen voor beheerde distributie staan uit", By: "Ada: <b>"},
		},
		{
			invitation.Event{At: at, What: "new_link_asked", Actor: people.Actor{Kind: people.ActorUser, ID: "1"}.String()},
			happening{Text: "De gebruiker vroeg om een nieuwe link.", By: "de gebruiker"},
		},
		{
			invitation.Event{At: at, What: "resent", Actor: people.Actor{Kind: people.ActorKey, Name: "scripts"}.String()},
			happening{Text: "De uitnodiging is opnieuw verstuurd.", By: "API-sleutel scripts"},
		},
		{
			invitation.Event{At: at, What: "expired", Actor: people.System("expiry").String()},
			happening{Text: "De uitnodiging is verlopen."},
		},
		{
			invitation.Event{At: at, What: "a_later_version", Actor: "martian: x"},
			happening{Text: "a_later_version", By: "martian: x"},
		},
	} {
		c.want.At = nl.clock.At(at)
		require.Equal(t, c.want, nl.happened(c.e))
	}
	for _, what := range []string{
		"created", "postponed", "channel_changed", "invited_again", "resent", "extended", "new_link_asked", "reminders_stopped", "shown", "not_now",
		"device_answered", "device_refused", "command_silent", "code_renewed", "reenrolled", "accepted", "declined", "expired", "cancelled", "failed",
	} {
		require.True(t, nl.words.Has("event."+what), what)
	}
	for _, state := range []invitation.DeliveryState{
		invitation.Claimed, invitation.Transmitting, invitation.TakenByIt, invitation.RefusedByIt, invitation.UnknownToUs, invitation.Withdrawn,
	} {
		require.True(t, nl.words.Has("event.delivery_"+string(state)), state)
		require.True(t, nl.words.Has("event.reminder_"+string(state)), state)
	}
}
