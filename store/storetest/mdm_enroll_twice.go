package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// told is an iPad that an MDM server elsewhere told of, at the time of e.At.
func (s *campus) told(u people.User) people.EnrolledDevice {
	s.t.Helper()
	e := s.iPad(u, "iPad")
	e.At = s.clock.Now()
	s.enrollDevice(e)
	s.clock.Advance(time.Second)
	channel := channelOf(e)
	channel.At = s.clock.Now()
	s.renew(channel)
	return e
}

// enrollToldTwice: an enrollment that is told again, or late, repeats nothing
// that the device has.
func enrollToldTwice(s *campus) {
	s.ready()
	u := s.user("u")
	e := s.told(u)
	s.clock.Advance(time.Hour)
	s.send(ofUser(u))
	uuid := s.queue(s.claim(u)[0])
	s.report(uuid, shows)
	known := s.byUDID(e)
	s.clock.Advance(time.Hour)
	for _, at := range []time.Time{e.At, e.At.Add(-time.Minute)} {
		twice := e
		twice.At, twice.Name = at, "another name"
		d, woken := s.enrollDevice(twice)
		require.Zero(s.t, woken)
		require.Equal(s.t, known, d)
	}
	require.Empty(s.t, s.claim(u))
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	require.Equal(s.t, []string{"device.enroll", "device.mdm_channel"}, s.actions(known.ID))
}

// enrollToldLate: an enrollment that is told after a command was queued for it
// did not empty the queue of that.
func enrollToldLate(s *campus) {
	s.ready()
	u := s.user("u")
	e := s.told(u)
	s.clock.Advance(time.Minute)
	again := e
	again.At = s.clock.Now()
	s.clock.Advance(time.Minute)
	s.send(ofUser(u))
	uuid := s.queue(s.claim(u)[0])
	_, woken := s.enrollDevice(again)
	require.Zero(s.t, woken)
	require.Empty(s.t, s.claim(u))
	s.report(uuid, shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)

	s.clock.Advance(time.Minute)
	again.At = s.clock.Now()
	_, woken = s.enrollDevice(again)
	require.Equal(s.t, invitation.Woken{Users: []string{u.ID}}, woken, "this one did")
	again.At = time.Time{}
	_, woken = s.enrollDevice(again)
	require.Zero(s.t, woken, "our own server tells it at once: it is waiting for its channel already")
	require.Len(s.t, s.actions(s.byUDID(e).ID), 5)
}
