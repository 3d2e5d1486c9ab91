package acceptance_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
)

// In parts, what one process queues another hands out: the device enrolls and
// reports at `heraut api`, and `heraut worker` invites it and asks Apple.
func TestDevicesAndAppleInParts(t *testing.T) {
	t.Parallel()
	m := newManaged(t, appsbookssim.Options{})
	m.running = m.atApple()
	parts := m.divide(testkit.Postgres(t), "--ask-apple-every", "1s")
	parts.startWorker()
	m.entrust()
	m.buy(2)
	everyone, group := m.people(2, func(i int) kind { return []kind{bare, byMail}[i] })
	m.promise(group, theApp)
	device := m.enroll(everyone[0], devicesim.Options{Name: "iPad van Zoë"})
	m.requireListed(everyone[0], device, client.Ipados)

	plan := m.plan(toGroup(group))
	require.Equal(t, client.ByChannel{Mdm: 1, Mail: 1}, plan.ByChannel)
	send := m.confirm(plan)
	m.owners.Prompt(device.Owner(), m.shows(device))
	page, _ := m.mailed(everyone[1])
	m.owners.Mail(everyone[1].email, []string{page})
	m.settled(send.ID)
	require.Equal(t, 2, m.send(send.ID).Counts.Accepted)
	m.requireTaken(2)
	require.Len(t, m.shown.on(device), 1)
	require.True(t, m.group(group).AllEnrolled)
	shown := m.invitations(client.ListInvitationsParams{UserID: &everyone[0].id})[0]
	require.True(t, slices.ContainsFunc(m.timeline(shown.ID), func(e client.Event) bool { return e.What == "shown" }))
	m.check([]string{send.ID})
}
