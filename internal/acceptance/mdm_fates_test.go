package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	devicesim "heraut/simulator/device"
)

// fate is a person whose device meets something of its own.
type fate struct {
	person
	device *devicesim.Device
}

// One send, and what can become of an invitation at a device.
func TestFatesOfInvitationsAtDevices(t *testing.T) {
	t.Parallel()
	m := serveManaged(t)
	everyone, group := m.people(6, all(bare))
	meets := func(i int, o devicesim.Options) fate { return fate{everyone[i], m.enroll(everyone[i], o)} }
	busy := meets(0, devicesim.Options{Name: "in Setup Assistant", Behaviour: devicesim.Behaviour{Setup: true}})
	broken := meets(1, devicesim.Options{Name: "that can not", Behaviour: devicesim.Behaviour{ErrorCode: 12009}})
	removed := meets(2, devicesim.Options{Name: "without its profile"})
	asleep := meets(3, devicesim.Options{Name: "in a drawer", Behaviour: devicesim.Behaviour{Silent: true}})
	left := meets(4, devicesim.Options{Name: "that checked out"})
	own := meets(5, devicesim.Options{Name: "of a user's own", Enrollment: devicesim.UserEnrollment})
	removed.device.Remove()
	require.NoError(t, left.device.CheckOut(t.Context()))
	require.False(t, m.only(left.id).Push[0].Live)

	input := toUser(own.id)
	input.Channel = new(client.ChannelPolicyPush)
	require.Equal(t, map[string]int{string(client.DeviceNotInvitable): 1}, m.plan(input).SkippedCounts)
	plan := m.plan(toGroup(group))
	require.Equal(t, client.ByChannel{Mdm: 4, Mail: 2}, plan.ByChannel)
	send := m.confirm(plan)

	m.fallsBack(broken, "12009")
	m.fallsBack(removed, "410 Unregistered")
	require.False(t, m.only(removed.id).Push[0].Live)
	for _, f := range []fate{left, own} {
		m.mailTo(f.email, 1)
		require.Equal(t, client.ChannelMail, m.reaches(f.id, client.InvitationStateSent).Channel)
	}
	eventually(t, func() bool { return value(m.invitation(busy.id).WaitingFor) == client.WaitingForDevice }, "NotNow is waited for")
	m.reaches(asleep.id, client.InvitationStateSent)
	require.Empty(t, m.shown.on(asleep.device))

	busy.device.FinishSetup()
	m.shows(busy.device)
	require.NoError(t, asleep.device.Behave(devicesim.Behaviour{}))
	require.NoError(t, asleep.device.Reenroll(t.Context()))
	m.shows(asleep.device)
	for _, f := range []fate{busy, asleep} {
		m.reaches(f.id, client.InvitationStateShown)
		require.Len(t, m.shown.on(f.device), 1)
		require.Empty(t, m.sink.MessagesTo(f.email))
	}
	m.check([]string{send.ID})
}

// fallsBack waits until the invitation has left by mail, and its timeline says
// why.
func (m *managed) fallsBack(f fate, words string) {
	m.Helper()
	m.mailTo(f.email, 1)
	sent := m.reaches(f.id, client.InvitationStateSent)
	require.Equal(m, client.ChannelMail, sent.Channel)
	for _, event := range m.timeline(sent.ID) {
		if event.What == "channel_changed" {
			require.Contains(m, value(event.Answer), words)
			return
		}
	}
	require.Fail(m, "the timeline does not say why", f.name)
}
