package acceptance_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestRemindersStopOnAcceptanceAndOnRequest(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.setInvitations(client.InvitationSettingsPut{Reminders: &[]client.Reminder{
		{After: "PT2S", Channel: client.ReminderChannelMail}, {After: "PT6S", Channel: client.ReminderChannelBoth},
	}})
	patient, quick, quiet, gone := s.one(byMail), s.one(byMail), s.one(byMail), s.one(byPush)
	var sends []string
	for _, p := range []person{patient, quick, quiet, gone} {
		sends = append(sends, s.invite(toUser(p.id)).ID)
	}

	// Quiet asks for no more reminders, as a mail program does (RFC 8058).
	first := s.mailTo(quiet.email, 1)
	stop := strings.Trim(first.Header("List-Unsubscribe"), "<>")
	status, text := s.post(stop, url.Values{"List-Unsubscribe": {"One-Click"}})
	require.Equal(t, http.StatusOK, status, text)

	reminder := s.mailTo(quick.email, 2)
	s.answer(pageIn(&reminder), "accept")
	s.becomes(quick.id, client.UserStateEnrolled)

	s.mailTo(patient.email, 3)
	s.pushTo(gone.token, 2)
	s.mailTo(gone.email, 2)
	eventually(t, func() bool { return s.invitation(patient.id).Attempts == 3 }, "each reminder is an attempt")
	require.Len(t, s.sink.MessagesTo(quick.email), 2, "acceptance ends reminders")
	require.Len(t, s.sink.MessagesTo(quiet.email), 1, "so does the request")
	require.Equal(t, client.InvitationStateSent, s.invitation(quiet.id).State, "which leaves the invitation open")
	s.check(sends)
}
