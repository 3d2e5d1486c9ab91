package acceptance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	apnssim "heraut/simulator/apns"
)

func (s *site) device(id string) *client.Device {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.GetDeviceResponse, error) {
		return s.api.GetDeviceWithResponse(s.Context(), id)
	}).JSON200
}

func (s *site) timeline(invitation string) []client.Event {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.GetInvitationResponse, error) {
		return s.api.GetInvitationWithResponse(s.Context(), invitation)
	}).JSON200.Timeline
}

func TestARepeatedSendPushesAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p := s.one(byPush)
	first := s.invite(toUser(p.id))
	page := s.pushTo(p.token, 1)
	s.becomes(p.id, client.UserStateInvited)

	input := toUser(p.id)
	input.Audience = new(client.AudienceNotInvited)
	require.Equal(t, map[string]int{string(client.PreviouslyInvited): 1}, s.plan(input).SkippedCounts)
	second := s.invite(toUser(p.id))

	require.Equal(t, page, s.pushTo(p.token, 2), "the link stays the same")
	eventually(t, func() bool { return s.invitation(p.id).Attempts == 2 }, "it is another attempt of the same invitation")
	require.ElementsMatch(t, []string{first.ID, second.ID}, s.invitation(p.id).SendIds)
	require.Len(t, s.apns.CountByApnsID(), 2, "the second push is one of its own")

	s.answer(page, "accept")
	s.becomes(p.id, client.UserStateEnrolled)
	s.settled(first.ID)
	s.settled(second.ID)
	require.Equal(t, map[string]int{string(client.AlreadyEnrolled): 1}, s.plan(toUser(p.id)).SkippedCounts)
	s.check([]string{first.ID, second.ID})
}

func TestADeadTokenFallsBackToMail(t *testing.T) {
	t.Parallel()
	s := serve(t)
	p, stubborn := s.one(byPush), s.one(byPush)
	s.apns.Unregister(p.token, time.Now())
	s.apns.Unregister(stubborn.token, time.Now())

	send := s.invite(toUser(p.id))
	mail := s.mailTo(p.email, 1)
	sent := s.reaches(p.id, client.InvitationStateSent)
	require.Equal(t, client.ChannelMail, sent.Channel)
	requireEvent(t, s.timeline(sent.ID), "channel_changed", "410 Unregistered")
	require.False(t, s.device(p.device).Push[0].Live)
	s.answer(pageIn(&mail), "accept")
	s.becomes(p.id, client.UserStateEnrolled)

	input := toUser(stubborn.id)
	input.Channel = new(client.ChannelPolicyPush)
	other := s.invite(input)
	failed := s.reaches(stubborn.id, client.InvitationStateFailed)
	require.Contains(t, value(failed.LastAnswer), "410 Unregistered")
	require.Empty(t, s.sink.MessagesTo(stubborn.email), "who asked for push alone sends no mail")
	s.settled(other.ID)
	s.check([]string{send.ID, other.ID})
}

func requireEvent(t *testing.T, events []client.Event, what, answer string) {
	t.Helper()
	for _, event := range events {
		if event.What == what {
			require.Contains(t, value(event.Answer), answer)
			return
		}
	}
	require.Fail(t, "no such event", "%s in %v", what, events)
}

func TestAPNsIsAskedAgainLater(t *testing.T) {
	t.Parallel()
	s := serve(t)
	busy, down := s.one(byPush), s.one(byPush)
	require.NoError(t, s.apns.SetScript(apnssim.Script{Rules: []apnssim.Rule{
		{Token: busy.token, Count: 1, Status: http.StatusTooManyRequests, Reason: "TooManyRequests"},
		{Token: down.token, Count: 1, Status: http.StatusServiceUnavailable, Reason: "ServiceUnavailable", RetryAfter: 35},
	}}))
	sends := []string{s.invite(toUser(busy.id)).ID, s.invite(toUser(down.id)).ID}

	for p, words := range map[person]string{busy: "429 TooManyRequests", down: "503 ServiceUnavailable"} {
		eventually(t, func() bool { return value(s.invitation(p.id).WaitingFor) == client.WaitingForRetry }, words)
		waiting := s.invitation(p.id)
		require.Equal(t, client.InvitationStateQueued, waiting.State)
		require.Contains(t, value(waiting.LastAnswer), words)
	}
	asked := value(s.invitation(down.id).NextActionAt).Sub(value(s.invitation(busy.id).NextActionAt))
	require.Greater(t, asked, time.Second, "Retry-After is longer than the first wait of one's own")

	s.pushTo(busy.token, 1)
	s.pushTo(down.token, 1)
	for _, p := range []person{busy, down} {
		s.reaches(p.id, client.InvitationStateSent)
		require.Equal(t, 1, s.apns.CountByToken()[p.token])
	}
	s.check(sends)
}

func TestACertificateThatIsNotTakenStopsTheQueue(t *testing.T) {
	t.Parallel()
	s := serve(t)
	_, group := s.people(5, all(byPush))
	require.NoError(t, s.apns.SetScript(apnssim.Script{Rules: []apnssim.Rule{
		{Count: 2, Status: http.StatusForbidden, Reason: "BadCertificate"},
	}}))
	send := s.invite(toGroup(group))

	check := s.fails("push_certificate_alert")
	require.Contains(t, check.Detail, "403 BadCertificate")
	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == 5 }, "all leave when it works again")
	for token, n := range s.apns.CountByToken() {
		require.Equal(t, 1, n, token)
	}
	s.check([]string{send.ID})
}
