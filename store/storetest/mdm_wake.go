package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

func (s *campus) wakes() []invitation.Message {
	s.t.Helper()
	list, err := s.ClaimWakes(s.t.Context(), day, 10)
	require.NoError(s.t, err)
	return list
}

// commandWoken: a device that says nothing is woken again, once a day, as long
// as that makes sense, and its invitation does not learn of it.
func commandWoken(s *campus) {
	s.ready()
	u, e, uuid := s.invited(invitation.PolicyAuto)
	before := s.story(s.only(u).ID)
	require.Empty(s.t, s.wakes(), "it was woken just now")
	s.clock.Advance(day)
	first := s.wakes()
	require.Len(s.t, first, 1)
	require.Equal(s.t, e.EnrollmentID, first[0].EnrollmentID)
	require.Equal(s.t, invitation.ChannelMDM, first[0].Channel)
	require.NotEmpty(s.t, first[0].PushMagic)
	require.Empty(s.t, s.wakes(), "once")
	s.clock.Advance(day - time.Second)
	require.Empty(s.t, s.wakes())
	s.clock.Advance(time.Second)
	second := s.wakes()
	require.Len(s.t, second, 1)
	require.NotEqual(s.t, first[0].SendKey, second[0].SendKey, "a push of its own")
	require.Equal(s.t, before, s.story(s.only(u).ID))

	s.clock.Advance(day)
	s.report(uuid, notNow)
	require.Empty(s.t, s.wakes(), "a device that answers comes by itself")
}

// commandNotWoken: nobody is woken for what is paused, over or unreachable.
func commandNotWoken(s *campus) {
	s.ready()
	u, _, _ := s.invited(invitation.PolicyAuto)
	s.clock.Advance(day)
	send := s.only(u).SendIDs[0]
	_, err := s.PauseSend(s.t.Context(), actor, send)
	require.NoError(s.t, err)
	require.Empty(s.t, s.wakes(), "paused")
	_, err = s.ResumeSend(s.t.Context(), actor, send)
	require.NoError(s.t, err)
	_, err = s.CancelInvitation(s.t.Context(), actor, s.only(u).ID)
	require.NoError(s.t, err)
	require.Empty(s.t, s.wakes(), "cancelled")

	late, _, _ := s.invited(invitation.PolicyAuto)
	s.clock.Advance(31 * day)
	require.Empty(s.t, s.wakes(), "expired, whether that is recorded or not")
	s.record(late)

	gone, e, _ := s.invited(invitation.PolicyAuto)
	s.clock.Advance(day)
	_, err = s.DeviceLeft(s.t.Context(), e.EnrollmentID, time.Time{})
	require.NoError(s.t, err)
	require.Empty(s.t, s.wakes(), "the device has left")
	require.NotEmpty(s.t, gone.ID)
}

// commandNotWokenAtNight: quiet hours are for wake-ups too.
func commandNotWokenAtNight(s *campus) {
	s.ready()
	u := s.user("u")
	s.managed(u)
	night := schedule()
	clock := s.clock.Now().UTC()
	since := time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
	night.Quiet = &invitation.QuietHours{From: since, To: (since + 2*time.Hour) % (24 * time.Hour), TimeZone: "UTC"}
	s.sendBy(by(invitation.PolicyAuto, ofUser(u)), night)
	messages := s.claim(u)
	require.Len(s.t, messages, 1)
	s.queue(messages[0])
	s.clock.Advance(day + time.Hour)
	require.Empty(s.t, s.wakes())
	s.clock.Advance(2 * time.Hour)
	require.Len(s.t, s.wakes(), 1)
}
