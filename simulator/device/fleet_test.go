package devicesim_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func TestFleetOfManyDevices(t *testing.T) {
	const size = 60
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{Keys: 2, Workers: 8})
	for i := range size {
		_, err := f.Add(devicesim.Options{UDID: fmt.Sprintf("U%03d", i)})
		require.NoError(t, err)
	}
	require.NoError(t, f.Each(t.Context(), func(ctx context.Context, d *devicesim.Device) error {
		return d.Enroll(ctx, s.profile(profileOf{challenge: s.scep.challenge()}))
	}))
	require.Equal(t, size, f.Counts().Enrolled)
	for _, d := range f.Devices() {
		s.invite(t, d.UDID(), invite)
	}
	require.Eventually(t, func() bool { return f.Counts().Cycles == size }, patient, interval)
	require.Equal(t, size, f.Counts().Shown)
	require.Zero(t, f.Counts().Failed)
}

func TestEachEndsWithTheFirstError(t *testing.T) {
	f := devicesim.NewFleet(devicesim.FleetOptions{Workers: 1})
	defer func() { require.NoError(t, f.Close()) }()
	for range 9 {
		_, err := f.Add(devicesim.Options{})
		require.NoError(t, err)
	}
	var asked atomic.Int32
	boom := errors.New("boom")
	require.ErrorIs(t, f.Each(t.Context(), func(context.Context, *devicesim.Device) error {
		asked.Add(1)
		return boom
	}), boom)
	require.EqualValues(t, 1, asked.Load())
	require.Nil(t, f.Find("none"))
}

func TestClosedFleetDoesNotWake(t *testing.T) {
	s := newServer(t)
	f := devicesim.NewFleet(devicesim.FleetOptions{APNs: s.apns})
	s.enroll(t, f, devicesim.Options{UDID: "U1"})
	require.NoError(t, f.Close())
	require.Equal(t, 200, s.wake(t, "U1"))
	require.Zero(t, f.Counts().Sessions)
}

func TestFleetOutlivesItsProcess(t *testing.T) {
	s := newServer(t)
	first := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, first, devicesim.Options{UDID: "U1", SerialNumber: "S1", Owner: "P1", Behaviour: devicesim.Behaviour{NotNow: 1}})
	s.enroll(t, first, devicesim.Options{UDID: "M1", Platform: devicesim.Mac, User: devicesim.User{ID: "A", ShortName: "els"}})
	_, err := first.Add(devicesim.Options{UDID: "U2"})
	require.NoError(t, err)
	require.NoError(t, first.Close())
	kept, err := first.Snapshot()
	require.NoError(t, err)
	waiting := s.enqueue(t, "M1:A", invitation(invite))

	second := s.fleet(t, devicesim.FleetOptions{})
	require.NoError(t, second.Restore(kept))
	require.Len(t, second.Devices(), 3)
	require.Equal(t, "Acknowledged", s.reports(t, waiting, 1)[0].text("Status"), "they poll when they are back")
	require.Equal(t, "P1", second.Find("S1").Owner())
	require.False(t, second.Devices()[2].Enrolled())
	require.Equal(t, []string{"NotNow ", "Acknowledged Acknowledged"}, statuses(s.reports(t, s.invite(t, "U1", invite), 2)))
	require.NoError(t, second.Find("S1").Reenroll(t.Context()))
	require.Len(t, s.heard("MessageType", "Authenticate"), 3)
}

func TestStateIsKeptBeforeTheServerIsTold(t *testing.T) {
	s := newServer(t)
	var states [][]byte
	f := s.fleet(t, devicesim.FleetOptions{Keep: func(state []byte) error {
		states = append(states, state)
		return errors.New("the disk is full") // the devices go on
	}})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	require.Len(t, states, 2, "with a token, and when the server has it")
	d.Remove()
	require.Len(t, states, 3)
	s.apns.Register(tokenOf(s.heard("MessageType", "TokenUpdate")[0]), topic) // another APNs would not know
	removed := s.fleet(t, devicesim.FleetOptions{})
	require.NoError(t, removed.Restore(states[2]))
	require.Equal(t, http.StatusGone, s.wake(t, "U1"))

	// Killed after the first of them, the device sends the token once more,
	// when the server is there.
	second := s.fleet(t, devicesim.FleetOptions{})
	s.setAnswer(http.StatusServiceUnavailable)
	require.NoError(t, second.Restore(states[0]))
	require.Eventually(t, func() bool { return second.Counts().Failed > 0 }, patient, interval)
	s.setAnswer(0)
	require.Eventually(t, func() bool { return len(s.heard("MessageType", "TokenUpdate")) == 2 }, patient, interval)
	tokens := s.heard("MessageType", "TokenUpdate")
	require.Equal(t, tokens[0].plist, tokens[1].plist)
	s.reports(t, s.invite(t, "U1", invite), 1)
}

func tokenOf(m said) string {
	token, _ := m.plist["Token"].([]byte)
	return hex.EncodeToString(token)
}

func TestSnapshotsThatAreNone(t *testing.T) {
	f := devicesim.NewFleet(devicesim.FleetOptions{})
	defer func() { require.NoError(t, f.Close()) }()
	for _, text := range []string{
		`{`, `[{"options":{"platform":"newton"}}]`,
		`[{"options":{},"managed":{"key":"AAAA"}}]`,
	} {
		require.Error(t, f.Restore([]byte(text)), text)
	}
	kept, err := devicesim.NewFleet(devicesim.FleetOptions{}).Snapshot()
	require.NoError(t, err)
	require.JSONEq(t, `[]`, string(kept))
}
