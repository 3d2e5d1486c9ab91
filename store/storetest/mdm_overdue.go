package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// commandOverdue: each command of a delivery has twice the time of the one
// before it, and none that may still wait hides one that may not.
func commandOverdue(s *campus) {
	s.ready()
	silent := func() (uuids []string) {
		list, err := s.SilentCommands(s.t.Context(), day, 1)
		require.NoError(s.t, err)
		for _, c := range list {
			uuids = append(uuids, c.UUID)
		}
		return uuids
	}
	again := func(u people.User, uuid string) string {
		_, err := s.RepeatCommand(s.t.Context(), uuid)
		require.NoError(s.t, err)
		messages := s.claim(u)
		require.Len(s.t, messages, 1)
		return s.queue(messages[0])
	}
	u, _, first := s.invited(invitation.PolicyAuto)
	s.clock.Advance(day)
	require.Equal(s.t, []string{first}, silent())
	second := again(u, first)

	s.clock.Advance(time.Minute)
	_, _, other := s.invited(invitation.PolicyAuto)
	s.clock.Advance(day)
	require.Equal(s.t, []string{other}, silent())
	s.report(other, shows)
	require.Empty(s.t, silent())

	s.clock.Advance(day)
	require.Equal(s.t, []string{second}, silent())
	third := again(u, second)
	s.clock.Advance(4*day - time.Second)
	require.Empty(s.t, silent())
	s.clock.Advance(time.Second)
	require.Equal(s.t, []string{third}, silent())
	require.Equal(s.t, invitation.Sent, s.only(u).State, "without an answer it stays sent")
}
