package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// deliverMDM: a message by MDM names the channel to queue for and how to wake it.
func deliverMDM(s *campus) {
	s.ready()
	u := s.user("u")
	e, d := s.managed(u)
	s.alerted(d)
	s.send(by(invitation.PolicyBoth, ofUser(u)))
	messages := s.claim(u)
	require.Len(s.t, messages, 2)
	m, mail := messages[0], messages[1]
	if mail.Channel != invitation.ChannelMail {
		m, mail = mail, m
	}
	require.Equal(s.t, invitation.ChannelMDM, m.Channel)
	require.Equal(s.t, e.EnrollmentID, m.EnrollmentID)
	require.Equal(s.t, []string{"com.apple.mgmt.x", "a0", "magic"}, []string{m.Topic, m.Token, m.PushMagic})
	require.Equal(s.t, "iPad", m.Devices[0].Name)
	require.Empty(s.t, mail.PushMagic+mail.EnrollmentID)
	require.NotEqual(s.t, mail.SendKey, m.SendKey)

	s.mark(m)
	again := s.claim(u)
	require.Contains(s.t, again, m, "what was on the wire when its process died is repeated at once, by the same key")
	s.mark(m)
	s.answer(took, m)
	one := s.invitation(m.InvitationID)
	require.Equal(s.t, invitation.Sent, one.State)
	require.Equal(s.t, people.Invited, s.reread(u).State)

	v, _, _ := s.invited(invitation.PolicyAuto)
	until, err := s.RouteDown(s.t.Context(), invitation.RouteMDM, "no certificate", 0)
	require.NoError(s.t, err)
	s.send(ofUser(v))
	require.Equal(s.t, invitation.WaitingRelay, s.only(v).WaitingFor)
	require.Equal(s.t, until, s.only(v).NextActionAt)
}

// deliverDeadMDM: a dead mdm channel falls back to the next best under auto.
func deliverDeadMDM(s *campus) {
	s.ready()
	gone := invitation.Outcome{Class: invitation.TokenDead, Code: 410, Answer: "Unregistered"}
	for name, c := range map[string]struct {
		policy invitation.Policy
		alert  bool
		want   invitation.Channel
		state  invitation.State
	}{
		"alert":     {invitation.PolicyAuto, true, invitation.ChannelAlert, invitation.Queued},
		"mail":      {invitation.PolicyAuto, false, invitation.ChannelMail, invitation.Queued},
		"push only": {invitation.PolicyPush, true, invitation.ChannelMDM, invitation.Failed},
	} {
		u := s.user(name)
		_, d := s.managed(u)
		if c.alert {
			s.alerted(d)
		}
		s.send(by(c.policy, ofUser(u)))
		m := s.claim(u)
		require.Len(s.t, m, 1)
		s.keep(m[0])
		s.mark(m...)
		s.clock.Advance(time.Second)
		gone.DeadSince = s.clock.Now()
		s.answer(gone, m...)
		one := s.only(u)
		require.Equal(s.t, c.want, one.Channel, name)
		require.Equal(s.t, c.state, one.State, name)
		read, err := s.Device(s.t.Context(), d.ID)
		require.NoError(s.t, err)
		mdm, _ := read.PushOf(people.PushMDM)
		require.False(s.t, mdm.Live())
		if c.state == invitation.Failed {
			continue
		}
		m = s.deliver(u)
		require.Len(s.t, m, 1, name)
		require.Equal(s.t, c.want, m[0].Channel, name)
		require.Equal(s.t, invitation.Sent, s.only(u).State, name)
	}
}

// deliverTurnedMDM: what changed between plan and claim decides the channel.
func deliverTurnedMDM(s *campus) {
	planned := func(policy invitation.Policy) (u people.User, d people.Device) {
		s.ready()
		u = s.user("u")
		_, d = s.managed(u)
		s.send(by(policy, ofUser(u)))
		return u, d
	}
	u, _ := planned(invitation.PolicyAuto)
	s.unset(settings.NameContentToken)
	require.Equal(s.t, invitation.ChannelMail, s.claim(u)[0].Channel)

	u, d := planned(invitation.PolicyAuto)
	s.alerted(d)
	s.unset(settings.NamePush(people.PushMDM))
	require.Equal(s.t, invitation.ChannelAlert, s.claim(u)[0].Channel)
	require.Equal(s.t, []string{"created", "delivery_claimed", "channel_changed"}, s.story(s.only(u).ID))

	u, _ = planned(invitation.PolicyPush)
	s.unset(settings.NameContentToken)
	require.Empty(s.t, s.claim(u))
	require.Equal(s.t, string(invitation.NoChannel), s.only(u).LastAnswer)

	s.ready()
	v := s.user("v")
	e, _ := s.managed(v)
	s.send(by(invitation.PolicyPush, ofUser(v)))
	e.AccountDriven = true
	s.enrollDevice(e)
	require.Empty(s.t, s.claim(v))
	require.Equal(s.t, string(invitation.DeviceNotInvitable), s.only(v).LastAnswer)
}

// remindByMDM: each reminder by push is another command; where the channel is
// dead the alert stands in under auto.
func remindByMDM(s *campus) {
	s.ready()
	u, _, _ := s.invited(invitation.PolicyPush)
	mdm, alert, mail := invitation.ChannelMDM, invitation.ChannelAlert, invitation.ChannelMail
	require.Equal(s.t, map[time.Duration][]invitation.Channel{2 * day: {mdm}, 10 * day: {mdm}}, s.remindersOf(u))

	v := s.user("v")
	_, d := s.managed(v)
	s.alerted(d)
	s.send(ofUser(v))
	first := s.deliver(v)
	s.clock.Advance(2 * day)
	second := s.claim(v)
	require.Equal(s.t, mdm, second[0].Channel)
	require.NotEqual(s.t, first[0].SendKey, second[0].SendKey, "another command")
	s.mark(second...)
	s.answer(invitation.Outcome{Class: invitation.TokenDead, Answer: "Unregistered", DeadSince: s.clock.Now()}, second...)
	require.Equal(s.t, alert, s.only(v).Channel)
	require.Equal(s.t, alert, s.deliver(v)[0].Channel, "at once: nobody has seen the invitation")
	require.Equal(s.t, map[time.Duration][]invitation.Channel{2 * day: {alert}, 5 * day: {mail}, 10 * day: {alert, mail}}, s.remindersOf(v))
}

// withdrawMDM: a claim of an earlier generation must not leave.
func withdrawMDM(s *campus) {
	s.ready()
	u := s.user("u")
	e, _ := s.managed(u)
	s.send(ofUser(u))
	m := s.claim(u)
	s.enrollDevice(e)
	marked, err := s.Commit(s.t.Context(), []string{m[0].DeliveryID}, nil)
	require.NoError(s.t, err)
	require.Empty(s.t, marked)
	s.renew(channelOf(e))
	again := s.claim(u)
	require.Len(s.t, again, 1)
	require.NotEqual(s.t, m[0].SendKey, again[0].SendKey)
	require.NotEqual(s.t, m[0].DeliveryID, again[0].DeliveryID)
	s.queue(again[0])
	require.Equal(s.t, []string{"created", "delivery_withdrawn", "delivery_accepted"}, s.story(s.only(u).ID))
}
