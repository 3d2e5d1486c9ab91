package mdm_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm"
	"heraut/people"
	devicesim "heraut/simulator/device"
	"heraut/store"
)

// kept is the store as the ledger; nobody is woken.
type kept struct{ *store.Store }

func (k kept) DeviceEnrolled(ctx context.Context, d people.EnrolledDevice) error {
	_, err := k.Store.DeviceEnrolled(ctx, d)
	return err
}

func (k kept) ChannelRenewed(ctx context.Context, c people.MDMChannel) error {
	_, err := k.Store.ChannelRenewed(ctx, c)
	return err
}

func (k kept) DeviceLeft(ctx context.Context, id string, at time.Time) error {
	_, err := k.Store.DeviceLeft(ctx, id, at)
	return err
}

func (k kept) CommandReported(ctx context.Context, uuid string, r invitation.Report) error {
	_, err := k.Store.CommandReported(ctx, uuid, r)
	return err
}

// newKeepingSite is a site whose ledger is its store.
func newKeepingSite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	server, err := mdm.NewServer(mdm.Options{
		Authority: authority(t), Storage: s.queue, Challenges: s.store, Certificates: s.store, Ledger: kept{s.store},
	})
	require.NoError(t, err)
	s.http.Close()
	s.http = httptest.NewServer(server)
	t.Cleanup(s.http.Close)
	s.profiles, err = mdm.NewProfiles(mdm.ProfileOptions{Authority: authority(t), URL: s.http.URL, Key: key})
	require.NoError(t, err)
	return s
}

func TestStoreKeepsWhatDevicesSay(t *testing.T) {
	s := newKeepingSite(t)
	user := s.user("Noor")
	ipad := s.enroll(devicesim.Options{Name: "iPad van Noor", Platform: devicesim.IPad}, user)
	found, err := s.store.ListDevices(t.Context(), people.DeviceFilter{UserID: user}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, found.Items, 1)
	device := found.Items[0].Device
	require.Equal(t, "iPad van Noor", device.Name)
	require.Equal(t, ipad.UDID(), device.UDID)
	channel, has := device.PushOf(people.PushMDM)
	require.True(t, has)
	require.Equal(t, topic, channel.Topic)
	require.True(t, channel.DeadSince.IsZero())

	require.NoError(t, ipad.CheckOut(t.Context()))
	device, err = s.store.Device(t.Context(), device.ID)
	require.NoError(t, err)
	channel, _ = device.PushOf(people.PushMDM)
	require.False(t, channel.DeadSince.IsZero())

	other := s.user("Sam")
	require.NoError(t, ipad.Enroll(t.Context(), s.profile(other)))
	device, err = s.store.Device(t.Context(), device.ID)
	require.NoError(t, err)
	require.Equal(t, other, device.UserID, "it is the same device")
	channel, _ = device.PushOf(people.PushMDM)
	require.True(t, channel.DeadSince.IsZero())
}
