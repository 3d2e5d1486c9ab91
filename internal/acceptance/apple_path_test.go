package acceptance_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
)

// From the portal to the app: an iPad and a Mac enroll, show the invitation,
// their owners accept at Apple and get what their group was promised.
func TestTheWholePathAtApple(t *testing.T) {
	t.Parallel()
	m := serveManaged(t)
	everyone, group := m.people(2, all(bare))
	m.books.AddAsset(org, appsbookssim.Asset{AdamID: "2001", Book: true, Total: 2})
	m.buy(3)
	m.promise(group, "1001", "2001")
	ipad := m.enroll(everyone[0], devicesim.Options{Name: "iPad van Zoë"})
	mac, err := m.fleet.Add(devicesim.Options{
		Name: "Mac van Bram", Platform: devicesim.Mac, Owner: everyone[1].id, User: devicesim.User{ShortName: "bram"},
	})
	require.NoError(t, err)
	require.NoError(t, mac.EnrollWith(t.Context(), m.url+"/enroll", m.enrollmentLink(everyone[1].id).Code))
	m.requireListed(everyone[0], ipad, client.Ipados)
	m.requireListed(everyone[1], mac, client.Macos)

	plan := m.plan(toGroup(group))
	require.Equal(t, client.ByChannel{Mdm: 2}, plan.ByChannel)
	require.Equal(t, []client.LicenseForecast{
		{Location: m.uid(), AdamID: "1001", Pricing: client.PricingSTDQ, Needed: 2, Available: 3},
		{Location: m.uid(), AdamID: "2001", Pricing: client.PricingSTDQ, Needed: 2, Available: 2},
	}, plan.Licenses)
	send := m.confirm(plan)
	for i, device := range []*devicesim.Device{ipad, mac} {
		shown := m.shows(device)
		m.reaches(everyone[i].id, client.InvitationStateShown)
		m.becomes(everyone[i].id, client.UserStateInvited)
		m.owners.Prompt(device.Owner(), shown)
	}
	for _, p := range everyone {
		m.reaches(p.id, client.InvitationStateAccepted)
		m.becomes(p.id, client.UserStateEnrolled)
	}
	m.settled(send.ID)
	for _, e := range m.enrollments() {
		require.Equal(t, "apps_and_books", e.Source)
	}
	eventually(t, func() bool { return len(m.books.Assignments(org)) == 4 }, "all have the app and the book")
	m.requireTaken(4)
	eventually(t, func() bool { return m.asset("1001").Used == 2 }, "Apple's count follows")
	require.Empty(t, m.sink.Messages(), "who has a device under management gets no mail")
	require.True(t, m.group(group).AllEnrolled)
	m.check([]string{send.ID})
}

// requireListed checks what Heraut tells of a device that has enrolled.
func (m *managed) requireListed(p person, d *devicesim.Device, platform client.Platform) {
	m.Helper()
	listed := m.only(p.id)
	require.Equal(m, d.Name(), listed.Name)
	require.Equal(m, platform, listed.Platform)
	require.Equal(m, d.UDID(), value(listed.Udid))
	require.Equal(m, d.SerialNumber(), value(listed.SerialNumber))
	require.Len(m, listed.Push, 1)
	require.Equal(m, client.PushKindMdm, listed.Push[0].Kind)
	require.True(m, listed.Push[0].Live)
}

// requireTaken waits until n tasks tell of content that was given, and of none
// that is still to be.
func (m *managed) requireTaken(n int) {
	m.Helper()
	eventually(m, func() bool {
		taken := 0
		for _, task := range m.contentTasks() {
			if task.State != client.TaskStateTaken {
				return false
			}
			taken++
		}
		return taken == n
	}, "%d content tasks are completed", n)
}
