package acceptance_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	devicesim "heraut/simulator/device"
)

// showcase is what devices have shown to their owners, by serial number.
type showcase struct {
	mu   sync.Mutex
	urls map[string][]string
}

func (s *showcase) add(d *devicesim.Device, invitationURL string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.urls == nil {
		s.urls = map[string][]string{}
	}
	s.urls[d.SerialNumber()] = append(s.urls[d.SerialNumber()], invitationURL)
}

func (s *showcase) on(d *devicesim.Device) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.urls[d.SerialNumber()]...)
}

// enrollmentLink is what an administrator gives to a user.
func (m *managed) enrollmentLink(user string) *client.EnrollmentLink {
	m.Helper()
	return ask(m, http.StatusCreated, func() (*client.CreateEnrollmentLinkResponse, error) {
		return m.api.CreateEnrollmentLinkWithResponse(m.Context(), user, nil)
	}).JSON201
}

// enroll lets a person's device enroll by a link of the portal.
func (m *managed) enroll(p person, o devicesim.Options) *devicesim.Device {
	m.Helper()
	o.Owner = p.id
	device, err := m.fleet.Add(o)
	require.NoError(m, err)
	require.NoError(m, device.EnrollFrom(m.Context(), m.enrollmentLink(p.id).URL))
	return device
}

// enrollAll gives everybody an iPad that is enrolled, in the order of people.
func (m *managed) enrollAll(everyone []person) []*devicesim.Device {
	m.Helper()
	devices := make([]*devicesim.Device, len(everyone))
	links := make(map[string]string, len(everyone))
	for i, p := range everyone {
		var err error
		devices[i], err = m.fleet.Add(devicesim.Options{Name: fmt.Sprintf("iPad %d", i), Owner: p.id})
		require.NoError(m, err)
		links[p.id] = m.enrollmentLink(p.id).URL
	}
	require.NoError(m, m.fleet.Each(m.Context(), func(ctx context.Context, d *devicesim.Device) error {
		if d.Enrolled() {
			return nil
		}
		return d.EnrollFrom(ctx, links[d.Owner()])
	}))
	return devices
}

// devicesOf lists the devices of a user.
func (m *managed) devicesOf(user string) []client.Device {
	m.Helper()
	return ask(m, http.StatusOK, func() (*client.ListDevicesResponse, error) {
		return m.api.ListDevicesWithResponse(m.Context(), &client.ListDevicesParams{UserID: &user})
	}).JSON200.Items
}

// only is the one device of a user.
func (m *managed) only(user string) client.Device {
	m.Helper()
	found := m.devicesOf(user)
	require.Len(m, found, 1)
	return found[0]
}

// shows waits until a device shows an invitation, and returns where it leads.
func (m *managed) shows(d *devicesim.Device) (invitationURL string) {
	m.Helper()
	eventually(m, func() bool {
		for _, url := range m.shown.on(d) {
			invitationURL = url
		}
		return invitationURL != ""
	}, "%s shows an invitation", d.Name())
	return invitationURL
}
