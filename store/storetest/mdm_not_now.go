package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

// commandNotNowLost: after a NotNow the final answer can be lost as well; the
// time for it begins anew whenever the device puts the command off.
func commandNotNowLost(s *campus) {
	s.ready()
	silent := func() []string {
		list, err := s.SilentCommands(s.t.Context(), day, 10)
		require.NoError(s.t, err)
		return names(list, func(c invitation.SilentCommand) string { return c.UUID })
	}
	u, _, uuid := s.invited(invitation.PolicyAuto)
	_, _, shown := s.invited(invitation.PolicyAuto)
	for _, at := range []time.Duration{time.Hour, 20 * time.Hour} {
		s.clock.Advance(at)
		require.Zero(s.t, s.report(uuid, notNow))
		s.report(shown, notNow)
	}
	s.report(shown, shows)
	s.clock.Advance(day - time.Second)
	require.Empty(s.t, silent(), "a day since the last NotNow")
	s.clock.Advance(time.Second)
	require.Equal(s.t, []string{uuid}, silent())
	require.Equal(s.t, []string{"created", "delivery_accepted", "not_now"}, s.story(s.only(u).ID), "told once")

	for _, c := range []string{uuid, shown} {
		_, err := s.RepeatCommand(s.t.Context(), c)
		require.NoError(s.t, err)
	}
	require.Empty(s.t, silent())
	require.NotEqual(s.t, invitation.WaitingDevice, s.only(u).WaitingFor)
	again := s.claim(u)
	require.Len(s.t, again, 1)
	second := s.queue(again[0])
	require.NotEqual(s.t, uuid, second)
	s.report(uuid, notNow)
	require.NotEqual(s.t, invitation.WaitingDevice, s.only(u).WaitingFor, "the old command decides nothing")
	s.report(second, shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)
}
