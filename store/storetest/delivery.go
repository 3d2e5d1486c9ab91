package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// deliverTogether: one mail for a user and an occasion, one push for each
// device.
func deliverTogether(s *campus) {
	u := s.user("Åsa")
	s.device(u, "iPad")
	s.device(u, "iPhone")
	s.send(ofUser(u))
	mails := s.claim(u)
	require.Len(s.t, mails, 1)
	m := mails[0]
	require.Equal(s.t, invitation.ChannelMail, m.Channel)
	require.Equal(s.t, "Åsa", m.FullName)
	require.Equal(s.t, u.Email, m.Address)
	require.ElementsMatch(s.t, []string{"iPad", "iPhone"}, names(m.Devices, func(d invitation.DeviceName) string { return d.Name }))
	require.Equal(s.t, s.clock.Now().Add(schedule().ExpiresAfter), m.ExpiresAt)
	view, err := s.ByLink(s.t.Context(), m.LinkHash)
	require.NoError(s.t, err)
	require.Equal(s.t, m.InvitationID, view.ID)
	s.mark(m)
	s.answer(took, m)
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		require.Equal(s.t, invitation.Sent, i.State)
		require.Equal(s.t, 1, i.Attempts)
		require.Equal(s.t, "2.0.0 Ok", i.LastAnswer)
		require.Equal(s.t, s.clock.Now(), i.SentAt)
		require.Equal(s.t, invitation.WaitingAnswer, i.WaitingFor)
	}
	require.Equal(s.t, people.Invited, s.reread(u).State)

	v := s.user("v")
	first, second := s.live(v, "one"), s.live(v, "two")
	s.send(by(invitation.PolicyBoth, ofUser(v)))
	messages := s.claim(v)
	require.Len(s.t, messages, 3)
	tokens := map[string]bool{}
	for _, m := range messages {
		tokens[m.Token] = true
	}
	require.Equal(s.t, map[string]bool{"": true, first.Push[0].Token: true, second.Push[0].Token: true}, tokens)
}

// deliverRepeated: every step may be repeated.
func deliverRepeated(s *campus) {
	for class, want := range map[invitation.Class]struct {
		state    invitation.State
		attempts int
		user     people.UserState
	}{
		invitation.Taken:   {invitation.Sent, 1, people.Invited},
		invitation.Refused: {invitation.Failed, 1, people.NotInvited},
		invitation.Later:   {invitation.Queued, 1, people.NotInvited},
		invitation.Unknown: {invitation.Queued, 1, people.NotInvited},
	} {
		u := s.user("u")
		s.device(u, "device")
		send := s.send(ofUser(u))
		messages := s.claim(u)
		require.Equal(s.t, messages, s.claim(u), "a claim that was cut short is taken up")
		s.mark(messages...)
		marked, err := s.Commit(s.t.Context(), []string{messages[0].DeliveryID}, nil)
		require.NoError(s.t, err)
		require.Empty(s.t, marked, "nobody else may send it")
		for range 3 {
			s.answer(invitation.Outcome{Class: class, Code: 1, Answer: "words"}, messages...)
		}
		one := s.only(u)
		require.Equal(s.t, want.state, one.State, class)
		require.Equal(s.t, want.attempts, one.Attempts, class)
		require.Equal(s.t, "words", one.LastAnswer, class)
		require.Equal(s.t, want.user, s.reread(u).State, class)
		require.Equal(s.t, 1, s.again(send).Counts[want.state])
		require.Empty(s.t, s.claim(u), class)
	}
	_, err := s.Commit(s.t.Context(), []string{"none"}, []invitation.Result{{DeliveryID: "none"}})
	require.NoError(s.t, err, "a delivery that nobody knows is nobody's fault")
}

// deliverKilled plays processes that die with a message on the wire.
func deliverKilled(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	first := s.claim(u)
	s.mark(first...)
	s.clock.Advance(time.Minute)
	require.Empty(s.t, s.claim(u), "a mail whose fate nobody knows waits")
	one := s.only(u)
	require.Equal(s.t, invitation.Queued, one.State)
	require.Equal(s.t, invitation.WaitingRetry, one.WaitingFor)
	require.NotEmpty(s.t, one.LastAnswer)
	require.Equal(s.t, s.clock.Now().Add(9*time.Minute), s.next(u).At)
	require.Equal(s.t, people.NotInvited, s.reread(u).State)

	s.clock.Advance(9 * time.Minute)
	second := s.claim(u)
	require.Equal(s.t, first, second, "once more, by the same key")
	s.mark(second...)
	s.clock.Advance(time.Minute)
	require.Empty(s.t, s.claim(u))
	one = s.only(u)
	require.Equal(s.t, invitation.Sent, one.State, "a second unknown counts as sent")
	require.Contains(s.t, one.LastAnswer, "twice")
	require.Equal(s.t, 2, one.Attempts)
	require.Equal(s.t, people.Invited, s.reread(u).State)
	s.clock.Advance(time.Hour)
	require.Empty(s.t, s.claim(u), "no third")
	require.Equal(s.t, []string{"created", "postponed", "delivery_unknown"}, s.story(one.ID))

	v := s.user("v")
	s.live(v, "device")
	s.send(ofUser(v))
	push := s.claim(v)
	s.mark(push...)
	require.Equal(s.t, push, s.claim(v), "a push is repeated at once")
	s.mark(push...)
}

// deliverUnknown: the answer to a mail whose fate is unknown may still come.
func deliverUnknown(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	m := s.claim(u)
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.Unknown, Answer: "cut off"}, m...)
	require.Equal(s.t, s.clock.Now().Add(10*time.Minute), s.next(u).At)
	s.answer(took, m...)
	require.Equal(s.t, invitation.Sent, s.only(u).State)
	s.clock.Advance(10 * time.Minute)
	require.Empty(s.t, s.claim(u))

	s.send(ofUser(u))
	m = s.claim(u)
	for range 2 {
		s.mark(m...)
		s.answer(invitation.Outcome{Class: invitation.Unknown, Answer: "cut off"}, m...)
		s.clock.Advance(10 * time.Minute)
		s.claim(u)
	}
	require.Equal(s.t, "Unknown twice whether it was taken: cut off", s.only(u).LastAnswer)
	require.Empty(s.t, s.claim(u))
}

func deliverLater(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	later := func(o invitation.Outcome, want time.Duration) {
		s.t.Helper()
		m := s.claim(u)
		s.mark(m...)
		o.Class = invitation.Later
		s.answer(o, m...)
		require.Equal(s.t, s.clock.Now().Add(want), s.next(u).At)
		require.Equal(s.t, invitation.WaitingRetry, s.only(u).WaitingFor)
		require.Equal(s.t, s.clock.Now().Add(want), s.only(u).NextActionAt)
		s.clock.Advance(want)
	}
	for _, want := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute} {
		later(invitation.Outcome{Answer: "greylisted"}, want)
	}
	later(invitation.Outcome{RetryAfter: 3 * time.Hour}, 3*time.Hour)
	for range 5 {
		later(invitation.Outcome{RetryAfter: time.Hour}, time.Hour)
	}
	later(invitation.Outcome{}, time.Hour)
	require.Equal(s.t, 11, s.only(u).Attempts)
	s.deliver(u)
	require.Equal(s.t, invitation.Sent, s.only(u).State)
}

func deliverRefused(s *campus) {
	u := s.user("u")
	s.device(u, "one")
	s.device(u, "two")
	send := s.send(ofUser(u))
	m := s.claim(u)
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.Refused, Code: 550, Answer: "5.1.1 unknown user"}, m...)
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		require.Equal(s.t, invitation.Failed, i.State)
		require.Equal(s.t, "5.1.1 unknown user", i.LastAnswer)
		require.Zero(s.t, i.SentAt)
		require.Empty(s.t, i.WaitingFor)
	}
	require.Equal(s.t, invitation.SendSettled, s.again(send).State)
	require.True(s.t, s.next(u).Done)
}

func deliverDeadToken(s *campus) {
	for policy, want := range map[invitation.Policy]invitation.State{
		invitation.PolicyAuto: invitation.Queued,
		invitation.PolicyPush: invitation.Failed,
	} {
		u := s.user("u")
		d := s.live(u, "device")
		s.send(by(policy, ofUser(u)))
		m := s.claim(u)
		s.mark(m...)
		s.answer(invitation.Outcome{Class: invitation.TokenDead, Code: 410, Answer: "Unregistered", DeadSince: s.clock.Now()}, m...)
		read, err := s.Device(s.t.Context(), d.ID)
		require.NoError(s.t, err)
		require.False(s.t, read.Push[0].Live())
		require.Greater(s.t, read.Version, d.Version)
		one := s.only(u)
		require.Equal(s.t, want, one.State, policy)
		require.Equal(s.t, "Unregistered", one.LastAnswer)
		if policy == invitation.PolicyPush {
			continue
		}
		require.Equal(s.t, invitation.ChannelMail, one.Channel, "a dead token falls back to mail")
		mail := s.deliver(u)
		require.Len(s.t, mail, 1)
		require.Equal(s.t, invitation.ChannelMail, mail[0].Channel)
		require.Equal(s.t, 2, s.only(u).Attempts)
		require.Equal(s.t, []string{"created", "delivery_refused", "delivery_accepted", "channel_changed"}, s.story(one.ID))
	}
}

// deliverNewToken: a token that the device registered meanwhile is not dead.
func deliverNewToken(s *campus) {
	for _, since := range []time.Duration{-time.Hour, 0} { // 0: APNs names no time
		u := s.user("u")
		d := s.live(u, "device")
		s.send(by(invitation.PolicyPush, ofUser(u)))
		m := s.claim(u)
		s.mark(m...)
		s.clock.Advance(time.Second)
		_, err := s.UpdateDevice(s.t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
			d.Push = []people.PushChannel{{Kind: people.PushAlert, Topic: "t", Token: "ff"}}
			return d, nil
		})
		require.NoError(s.t, err)
		o := invitation.Outcome{Class: invitation.TokenDead, Answer: "BadDeviceToken"}
		if since != 0 {
			o.DeadSince = s.clock.Now().Add(since)
		}
		s.answer(o, m...)
		read, err := s.Device(s.t.Context(), d.ID)
		require.NoError(s.t, err)
		require.True(s.t, read.Push[0].Live())
	}
}

// deliverTurned: what changed between plan and claim decides the channel.
func deliverTurned(s *campus) {
	kill := func(d people.Device) {
		_, err := s.UpdateDevice(s.t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
			d.Push = nil
			return d, nil
		})
		require.NoError(s.t, err)
	}
	for policy, want := range map[invitation.Policy]invitation.Reason{
		invitation.PolicyAuto: "", invitation.PolicyPush: invitation.NoChannel, invitation.PolicyMail: invitation.NoAddress,
	} {
		u := s.user("u")
		d := s.live(u, "device")
		s.send(by(policy, ofUser(u)))
		if policy == invitation.PolicyMail {
			s.change(u.ID, noAddress)
		} else {
			kill(d)
		}
		m := s.claim(u)
		one := s.only(u)
		if want != "" {
			require.Empty(s.t, m, policy)
			require.Equal(s.t, invitation.Cancelled, one.State, policy)
			require.Equal(s.t, string(want), one.LastAnswer)
			continue
		}
		require.Equal(s.t, invitation.ChannelMail, m[0].Channel)
		require.Equal(s.t, invitation.ChannelMail, one.Channel)
	}
}

// deliverWithdrawn: between claim and wire a pause, a cancellation or an answer
// still holds a message back.
func deliverWithdrawn(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	send := s.send(ofUser(u))
	m := s.claim(u)
	ids := []string{m[0].DeliveryID}
	_, err := s.PauseSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	marked, err := s.Commit(s.t.Context(), ids, nil)
	require.NoError(s.t, err)
	require.Empty(s.t, marked)
	require.Empty(s.t, s.claim(u))
	require.Equal(s.t, invitation.WaitingPause, s.only(u).WaitingFor)
	require.Equal(s.t, s.only(u).ExpiresAt, s.next(u).At, "only expiry goes on")

	_, err = s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, m, s.claim(u))
	_, err = s.CancelInvitation(s.t.Context(), actor, s.only(u).ID)
	require.NoError(s.t, err)
	marked, err = s.Commit(s.t.Context(), ids, nil)
	require.NoError(s.t, err)
	require.Empty(s.t, marked)
	require.Equal(s.t, []string{"created", "delivery_withdrawn", "cancelled"}, s.story(s.only(u).ID))
	require.Zero(s.t, s.only(u).Attempts)
}

// deliverLate: what was on the wire when the invitation was settled is
// recorded, and revives nothing.
func deliverLate(s *campus) {
	for class, want := range map[invitation.Class]people.UserState{
		invitation.Taken: people.Invited, invitation.Refused: people.NotInvited, invitation.TokenDead: people.NotInvited,
		invitation.Later: people.NotInvited,
	} {
		u := s.user("u")
		s.live(u, "device")
		send := s.send(ofUser(u))
		m := s.claim(u)
		s.mark(m...)
		_, err := s.CancelSend(s.t.Context(), actor, send.ID)
		require.NoError(s.t, err)
		s.answer(invitation.Outcome{Class: class, Answer: "late words"}, m...)
		one := s.only(u)
		require.Equal(s.t, invitation.Cancelled, one.State, class)
		require.Equal(s.t, want, s.reread(u).State, class)
		require.Equal(s.t, class == invitation.Taken, !one.SentAt.IsZero(), class)
		if class != invitation.Later {
			require.Equal(s.t, "late words", one.LastAnswer)
			require.Equal(s.t, 1, one.Attempts)
		}
		require.Empty(s.t, s.claim(u))
		require.True(s.t, s.next(u).Done)
	}
}

// deliverChecked: a target is checked again at each claim.
func deliverChecked(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.send(ofUser(u))
	other := s.live(u, "other")
	s.send(ofUser(u))
	s.say(invitation.Accept, s.invitations(invitation.Filter{DeviceID: other.ID})[0].ID)
	s.record(u)
	require.Empty(s.t, s.claim(u), "an acceptance settles all")
	require.Len(s.t, s.invitations(invitation.Filter{State: invitation.Accepted}), 2)
}

// deliverBounced: a mail that came back ends what only mail carried.
func deliverBounced(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	m := s.deliver(u)
	decided, err := s.Bounce(s.t.Context(), m[0].DeliveryID, "mailbox gone")
	require.NoError(s.t, err)
	require.Equal(s.t, u.ID, decided.UserID)
	require.Equal(s.t, invitation.Failed, s.only(u).State)
	require.Equal(s.t, "mailbox gone", s.only(u).LastAnswer)
	_, err = s.Bounce(s.t.Context(), m[0].DeliveryID, "again")
	require.NoError(s.t, err)
	require.Equal(s.t, "mailbox gone", s.only(u).LastAnswer)
	_, err = s.Bounce(s.t.Context(), "none", "words")
	requireCode(s.t, err, fault.NotFound)
}
