package acceptance_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestOneUserOneMail(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.one(byMail)
	plan := s.plan(toUser(p.id))
	require.Equal(t, 1, plan.Invitations)
	require.Equal(t, 1, plan.Messages)
	require.Equal(t, client.ByChannel{Mail: 1}, plan.ByChannel)

	send := s.confirm(plan)
	mail := s.mailTo(p.email, 1)
	sent := s.reaches(p.id, client.InvitationStateSent)
	s.becomes(p.id, client.UserStateInvited)
	require.Len(t, s.active(send.ID), 1)

	page := pageIn(&mail)
	status, text := s.visit(page)
	require.Equal(t, http.StatusOK, status, text)
	require.Equal(t, client.UserStateInvited, s.user(p.id).State, "opening the page is no answer")
	status, text = s.answer(page, "accept")
	require.Equal(t, http.StatusOK, status, text)

	s.becomes(p.id, client.UserStateEnrolled)
	s.settled(send.ID)
	require.Equal(t, client.InvitationStateAccepted, s.invitation(p.id).State)
	require.Empty(t, s.active(send.ID))
	s.completes(s.engine(), sent.WorkflowID)
	s.check([]string{send.ID})
}

func TestAcceptanceSettlesSiblings(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.one(byPush)
	require.NoError(t, s.addDevice(t.Context(), &p, "second iPad", byMail))

	plan := s.plan(toUser(p.id))
	require.Equal(t, client.ByChannel{Alert: 1, Mail: 1}, plan.ByChannel)
	send := s.confirm(plan)
	mail := s.mailTo(p.email, 1)
	page := s.pushTo(p.token, 1)
	require.NotEqual(t, page, pageIn(&mail), "each invitation has a link of its own")

	s.answer(page, "accept")

	s.becomes(p.id, client.UserStateEnrolled)
	s.settled(send.ID)
	require.Equal(t, 2, s.send(send.ID).Counts.Accepted)
	_, text := s.visit(pageIn(&mail))
	_, same := s.answer(pageIn(&mail), "decline")
	require.Equal(t, text, same, "the sibling's page says accepted already")
	s.check([]string{send.ID})
}

func TestDecline(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.one(bare)
	require.Equal(t, map[string]int{string(client.NoDevice): 1}, s.plan(toUser(p.id)).SkippedCounts)
	input := toUser(p.id)
	input.Channel = new(client.ChannelPolicyMail)
	send := s.invite(input)
	mail := s.mailTo(p.email, 1)

	s.answer(pageIn(&mail), "decline")

	s.settled(send.ID)
	require.Equal(t, client.InvitationStateDeclined, s.invitation(p.id).State)
	require.Equal(t, client.UserStateInvited, s.user(p.id).State)
	s.check([]string{send.ID})
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.setInvitations(client.InvitationSettingsPut{ExpiresAfter: new("PT5S")})
	p := s.one(byMail)
	send := s.invite(toUser(p.id))
	mail := s.mailTo(p.email, 1)

	expired := s.reaches(p.id, client.InvitationStateExpired)

	s.settled(send.ID)
	s.completes(s.engine(), expired.WorkflowID)
	s.answer(pageIn(&mail), "accept")
	require.Equal(t, client.InvitationStateExpired, s.invitation(p.id).State, "an answer that comes too late is none")
	s.post(pageIn(&mail)+"/new-link", nil)
	require.True(t, s.invitation(p.id).NewLinkAsked)
	s.check([]string{send.ID})
}
