package acceptance_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestOneUserOneMail(t *testing.T) {
	s := serve(t)
	p := s.one(byMail)
	plan := s.plan(toUser(p.id))
	require.Equal(t, 1, plan.Invitations)
	require.Equal(t, 1, plan.Messages)
	require.Equal(t, client.ByChannel{Mail: 1}, plan.ByChannel)

	send := s.confirm(plan)
	mail := s.mailTo(p.email, 1)
	s.reaches(p.id, client.InvitationStateSent)
	s.becomes(p.id, client.UserStateInvited)
	require.Len(t, s.active(send.ID), 1)

	page := pageIn(&mail)
	status, text := s.visit(page)
	require.Equal(t, http.StatusOK, status, text)
	status, text = s.answer(page, "accept")
	require.Equal(t, http.StatusOK, status, text)

	s.becomes(p.id, client.UserStateEnrolled)
	s.settled(send.ID)
	require.Equal(t, client.InvitationStateAccepted, s.invitation(p.id).State)
	require.Empty(t, s.active(send.ID))
}
