package acceptance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestResendExtendAndCancel(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.one(byMail)
	send := s.invite(toUser(p.id))
	first := s.mailTo(p.email, 1)
	sent := s.reaches(p.id, client.InvitationStateSent)

	ask(t, http.StatusAccepted, func() (*client.ResendInvitationResponse, error) {
		return s.api.ResendInvitationWithResponse(t.Context(), sent.ID, nil)
	})
	second := s.mailTo(p.email, 2)
	require.NotEqual(t, first.MessageID, second.MessageID, "what is sent on purpose is another mail")
	require.Equal(t, pageIn(&first), pageIn(&second), "earlier links stay valid")
	eventually(t, func() bool { return s.invitation(p.id).Attempts == 2 }, "the second attempt is recorded")

	again := s.invitation(p.id)
	require.Equal(t, sent.ID, again.ID)
	extended := ask(t, http.StatusAccepted, func() (*client.ExtendInvitationResponse, error) {
		return s.api.ExtendInvitationWithResponse(t.Context(), sent.ID, nil)
	}).JSON202
	require.True(t, value(extended.ExpiresAt).After(value(again.ExpiresAt)))

	ask(t, http.StatusAccepted, func() (*client.CancelInvitationResponse, error) {
		return s.api.CancelInvitationWithResponse(t.Context(), sent.ID, nil)
	})
	s.settled(send.ID)
	require.Equal(t, client.InvitationStateCancelled, s.invitation(p.id).State)
	s.completes(s.engine(), sent.WorkflowID)
	s.answer(pageIn(&first), "accept")
	require.Equal(t, client.UserStateInvited, s.user(p.id).State, "a cancelled invitation takes no answer")
	require.Equal(t, 2, s.sink.Total())
	s.check([]string{send.ID})
}

func TestPauseHoldsAGroupSendAndCancelEndsIt(t *testing.T) {
	t.Parallel()
	s := serve(t)
	people, group := s.people(20, all(byMail))
	other := s.one(byMail)
	s.closeRelay()
	send := s.invite(toGroup(group))
	eventually(t, func() bool { return len(s.waiting(send.ID, client.WaitingForRelay)) == 20 }, "all wait for the relay")

	s.pause(send.ID)
	s.openRelay()
	alone := s.invite(toUser(other.id))
	mail := s.mailTo(other.email, 1)
	s.reaches(other.id, client.InvitationStateSent)
	require.Equal(t, 1, s.sink.Total(), "nothing of a paused send leaves, though the relay works")
	require.Equal(t, client.SendStatePaused, s.send(send.ID).State)
	require.Len(t, s.waiting(send.ID, client.WaitingForPause), 20)

	resumed := time.Now()
	s.resume(send.ID)
	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == 20 }, "all leave after the pause")
	t.Logf("all 20 left %s after the pause", time.Since(resumed).Round(time.Millisecond))
	for _, p := range people {
		require.Len(t, s.sink.MessagesTo(p.email), 1)
	}

	s.cancel(send.ID)
	require.Equal(t, client.SendStateCancelled, s.send(send.ID).State)
	require.Equal(t, 20, s.send(send.ID).Counts.Cancelled)
	s.completes(s.engine(), send.WorkflowID)
	s.answer(pageIn(&mail), "accept")
	s.becomes(other.id, client.UserStateEnrolled)
	s.settled(alone.ID)
	s.check([]string{send.ID, alone.ID})
}
