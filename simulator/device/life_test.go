package devicesim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func TestNewTokens(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	before, err := s.store.RetrievePushInfo(t.Context(), []string{"U1"})
	require.NoError(t, err)
	require.NoError(t, d.RenewTokens(t.Context()))
	require.Equal(t, http.StatusGone, s.pushTo(t, before["U1"].Token.String(), before["U1"].PushMagic))
	s.reports(t, s.invite(t, "U1", invite), 1)
	require.Len(t, s.heard("MessageType", "TokenUpdate"), 2)
}

func TestCheckOut(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "M1", Platform: devicesim.Mac, User: devicesim.User{ID: "A", ShortName: "els"}})
	info, err := s.store.RetrievePushInfo(t.Context(), []string{"M1", "M1:A"})
	require.NoError(t, err)
	require.NoError(t, d.CheckOut(t.Context()))
	require.False(t, d.Enrolled())
	out := s.heard("MessageType", "CheckOut")
	require.Len(t, out, 1)
	require.Equal(t, "M1", out[0].id, "the device's channel alone says it")
	for id, push := range info {
		require.Equal(t, http.StatusGone, s.pushTo(t, push.Token.String(), push.PushMagic), id)
	}
	require.ErrorIs(t, d.CheckOut(t.Context()), devicesim.ErrNotEnrolled)
	require.ErrorIs(t, d.SendTokens(t.Context()), devicesim.ErrNotEnrolled)
	require.ErrorIs(t, d.RenewTokens(t.Context()), devicesim.ErrNotEnrolled)
	require.ErrorIs(t, d.Reenroll(t.Context()), devicesim.ErrNotEnrolled)
}

func TestCheckOutThatTheProfileDoesNotAskFor(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	require.NoError(t, d.Enroll(t.Context(), s.profile(profileOf{challenge: s.scep.challenge(), noCheckOut: true})))
	require.NoError(t, d.CheckOut(t.Context()))
	require.False(t, d.Enrolled())
	require.Empty(t, s.heard("MessageType", "CheckOut"))
}

func TestCheckOutThatDoesNotArrive(t *testing.T) {
	s := newServer(t)
	d := s.enroll(t, s.fleet(t, devicesim.FleetOptions{}), devicesim.Options{})
	s.setAnswer(http.StatusServiceUnavailable)
	require.Error(t, d.CheckOut(t.Context()))
	require.False(t, d.Enrolled())
}

func TestSilentRemoval(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	d.Remove()
	require.False(t, d.Enrolled())
	require.Equal(t, http.StatusGone, s.wake(t, "U1"))
	require.Empty(t, s.heard("MessageType", "CheckOut"))
	d.Remove()
}

func TestReenrollmentDropsWhatWasQueued(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	dropped := s.enqueue(t, "U1", invitation(invite))
	require.NoError(t, d.Reenroll(t.Context()))
	require.NoError(t, d.Poll(t.Context()))
	require.Empty(t, s.heard("CommandUUID", dropped))
	s.reports(t, s.invite(t, "U1", invite), 1)

	// With a new profile the device comes back with a new identity.
	require.NoError(t, d.Enroll(t.Context(), s.profile(profileOf{challenge: s.scep.challenge()})))
	s.reports(t, s.invite(t, "U1", invite), 1)
	require.Equal(t, 3, f.Counts().Enrolled)
}

func TestServerEndsTheManagement(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	s.setAnswer(http.StatusUnauthorized)
	require.Equal(t, 200, s.wake(t, "U1"))
	require.Eventually(t, func() bool { return !d.Enrolled() }, patient, interval)
	require.Equal(t, http.StatusGone, s.wake(t, "U1"))
}
