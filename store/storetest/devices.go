package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func channels() []people.PushChannel {
	return []people.PushChannel{
		{Kind: people.PushAlert, Topic: "org.example.app", Token: "0B"},
		{Kind: people.PushMDM, Topic: "com.apple.mgmt.x", Token: "0a", PushMagic: "M"},
	}
}

func changeDevice(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "Jan")
	made, err := s.CreateDevice(t.Context(), actor, people.Device{
		Name: "iPad van Jan", Platform: people.IPadOS, SerialNumber: "S1", UDID: "U1", UserID: u.ID, Push: channels(),
	})
	require.NoError(t, err)
	read, err := s.Device(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, made, read)
	require.Equal(t, "0b", read.Push[0].Token)

	_, err = s.UpdateDevice(t.Context(), actor, made.ID, nil, func(d people.Device) (people.Device, error) {
		d.Name = "iPad van Piet"
		return d, nil
	})
	requireCode(t, err, fault.InvalidRequest)
	_, err = s.UpdateDevice(t.Context(), actor, made.ID, nil, func(d people.Device) (people.Device, error) {
		d.UserID = "nobody"
		return d, nil
	})
	requireCode(t, err, fault.InvalidRequest)
	stale := made.Version + 1
	changed, err := s.UpdateDevice(t.Context(), actor, made.ID, &made.Version, func(d people.Device) (people.Device, error) {
		d.UserID, d.SerialNumber = "", "S2"
		return d, nil
	})
	require.NoError(t, err)
	require.Equal(t, read.Push, changed.Push)
	_, err = s.UpdateDevice(t.Context(), actor, made.ID, &made.Version, func(d people.Device) (people.Device, error) { return d, nil })
	requireCode(t, err, fault.PreconditionFailed)
	require.Equal(t, stale, changed.Version)

	require.NoError(t, s.DeleteDevice(t.Context(), actor, made.ID, nil))
	_, err = s.Device(t.Context(), made.ID)
	requireCode(t, err, fault.NotFound)
	_, err = s.CreateDevice(t.Context(), actor, people.Device{Name: "n", Platform: people.IOS, SerialNumber: "S2", UDID: "U1"})
	require.NoError(t, err, "deleting frees the serial number and UDID")
}

func takenNumbers(t *testing.T, s *store.Store) {
	t.Helper()
	_, err := s.CreateDevice(t.Context(), actor, people.Device{Name: "a", Platform: people.IOS, SerialNumber: "S", UDID: "U"})
	require.NoError(t, err)
	_, err = s.CreateDevice(t.Context(), actor, people.Device{Name: "b", Platform: people.IOS, SerialNumber: "S"})
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, "serial number")
	_, err = s.CreateDevice(t.Context(), actor, people.Device{Name: "b", Platform: people.IOS, UDID: "U"})
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, "UDID")
	_, err = s.CreateDevice(t.Context(), actor, people.Device{Name: "b", Platform: people.IOS, UserID: "nobody"})
	requireCode(t, err, fault.InvalidRequest)
}

func pushChannels(t *testing.T, s *store.Store) {
	t.Helper()
	d, err := s.CreateDevice(t.Context(), actor, people.Device{Name: "a", Platform: people.IOS, Push: channels()})
	require.NoError(t, err)
	registered := d.Push[0].UpdatedAt

	marked, err := s.MarkPushDead(t.Context(), d.ID, people.PushAlert, "0b", registered.Add(-time.Second))
	require.NoError(t, err)
	require.False(t, marked, "the device registered after APNs found the token dead")
	marked, err = s.MarkPushDead(t.Context(), d.ID, people.PushAlert, "ff", registered.Add(time.Second))
	require.NoError(t, err)
	require.False(t, marked, "it has another token by now")
	marked, err = s.MarkPushDead(t.Context(), d.ID, people.PushAlert, "0b", registered.Add(time.Second))
	require.NoError(t, err)
	require.True(t, marked)

	dead, err := s.Device(t.Context(), d.ID)
	require.NoError(t, err)
	require.False(t, dead.Push[0].Live())
	require.Greater(t, dead.Version, d.Version)
	require.True(t, dead.Push[1].DeadSince.IsZero())

	_, err = s.UpdateDevice(t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
		d.SerialNumber = "S"
		return d, nil
	})
	require.NoError(t, err)
	still, err := s.Device(t.Context(), d.ID)
	require.NoError(t, err)
	require.False(t, still.Push[0].Live(), "another change does not revive a token")

	alive, err := s.UpdateDevice(t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
		d.Push = channels()[:1]
		return d, nil
	})
	require.NoError(t, err)
	require.True(t, alive.Push[0].Live(), "registering again does, with the same token even")
	read, err := s.Device(t.Context(), d.ID)
	require.NoError(t, err)
	require.Equal(t, alive, read)
	require.Len(t, read.Push, 1)
}

func listDevices(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "u")
	for _, d := range []people.Device{
		{Name: "b", Platform: people.IOS, UserID: u.ID, Push: channels()},
		{Name: "a", Platform: people.MacOS},
		{Name: "C", Platform: people.IPadOS, UserID: u.ID, Push: channels()[:1]},
	} {
		_, err := s.CreateDevice(t.Context(), actor, d)
		require.NoError(t, err)
	}
	name := func(d people.OwnedDevice) string { return d.Name }
	page, err := s.ListDevices(t.Context(), people.DeviceFilter{}, people.Cursor{}, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, names(page.Items, name))
	require.Len(t, page.Items[1].Push, 2)
	page, err = s.ListDevices(t.Context(), people.DeviceFilter{}, *page.Next, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"C"}, names(page.Items, name))
	require.Len(t, page.Items[0].Push, 1)
	page, err = s.ListDevices(t.Context(), people.DeviceFilter{UserID: u.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Equal(t, []string{"b", "C"}, names(page.Items, name))
}
