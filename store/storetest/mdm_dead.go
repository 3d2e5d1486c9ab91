package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// unregisteredNow is APNs' answer for a device that is gone.
func (s *campus) unregisteredNow() invitation.Outcome {
	return invitation.Outcome{Class: invitation.TokenDead, Code: 410, Answer: "410 Unregistered", DeadSince: s.clock.Now()}
}

// deadAtReminder: a device that is gone when it is to be reminded has shown
// nothing, and mail stands in; what it has shown is reminded of as planned.
func deadAtReminder(s *campus) {
	s.ready()
	unseen, _, _ := s.invited(invitation.PolicyAuto)
	seen, _, uuid := s.invited(invitation.PolicyAuto)
	s.report(uuid, shows)
	push, _, _ := s.invited(invitation.PolicyPush)
	s.clock.Advance(2 * day)
	for _, u := range []people.User{unseen, seen, push} {
		m := s.claim(u)
		require.Len(s.t, m, 1)
		require.Equal(s.t, 1, m[0].Number)
		s.keep(m[0])
		s.mark(m...)
		s.answer(s.unregisteredNow(), m...)
	}
	one := s.only(unseen)
	require.Equal(s.t, invitation.ChannelMail, one.Channel)
	require.Equal(s.t, "410 Unregistered", one.LastAnswer)
	require.Contains(s.t, s.story(one.ID), "channel_changed")
	require.Equal(s.t, invitation.ChannelMail, s.deliver(unseen)[0].Channel)
	require.Equal(s.t, invitation.Sent, s.only(unseen).State)
	require.Empty(s.t, s.claim(unseen), "once")

	require.Equal(s.t, invitation.ChannelMDM, s.only(seen).Channel)
	require.Empty(s.t, s.claim(seen))
	require.Equal(s.t, invitation.ChannelMDM, s.only(push).Channel)
	require.Empty(s.t, s.claim(push), "only auto lets another channel stand in")
}

// deadAtReminderByBoth: who gets the reminder by mail gets no second mail.
func deadAtReminderByBoth(s *campus) {
	s.ready()
	u, _, _ := s.invited(invitation.PolicyAuto)
	for _, at := range []time.Duration{2 * day, 3 * day} {
		s.clock.Advance(at)
		s.deliver(u)
	}
	s.clock.Advance(5 * day)
	m := s.claim(u)
	require.Len(s.t, m, 2)
	s.mark(m...)
	for _, one := range m {
		if one.Channel == invitation.ChannelMDM {
			s.answer(s.unregisteredNow(), one)
		} else {
			s.answer(took, one)
		}
	}
	require.Empty(s.t, s.claim(u))
	require.Equal(s.t, invitation.Sent, s.only(u).State)
}

// deadAtWake: a device that is gone when it is woken again is as gone as one
// that says so.
func deadAtWake(s *campus) {
	s.ready()
	u, e, _ := s.invited(invitation.PolicyAuto)
	s.clock.Advance(day)
	require.Len(s.t, s.wakes(), 1)
	fail := func(since time.Time) []string {
		woken, err := s.WakeFailed(s.t.Context(), e.EnrollmentID, since, "410 Unregistered")
		require.NoError(s.t, err)
		require.Empty(s.t, woken.Sends)
		return woken.Users
	}
	require.Empty(s.t, fail(time.Unix(0, 0)), "the token of now is newer")
	require.True(s.t, s.byUDID(e).Push[0].Live())
	require.Equal(s.t, []string{u.ID}, fail(s.clock.Now()))
	require.False(s.t, s.byUDID(e).Push[0].Live())
	require.NotContains(s.t, s.actions(s.byUDID(e).ID), "device.leave", "the device did not say so")
	require.Equal(s.t, "410 Unregistered", s.only(u).LastAnswer)
	require.Equal(s.t, invitation.ChannelMail, s.deliver(u)[0].Channel)
	require.Empty(s.t, fail(s.clock.Now()))
}
