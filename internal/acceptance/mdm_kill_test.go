package acceptance_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
)

// Killed while it registers people at Apple, and while it wakes their devices,
// Heraut registers everybody once and shows everybody the invitation.
func TestDrillKillWhileDevicesAreInvited(t *testing.T) {
	t.Parallel()
	size, kills := 20, 4
	if drill() {
		size, kills = 200, 30
	}
	m := newManaged(t, appsbookssim.Options{})
	m.serve(append(m.asking(), "--page-size", "5")...)
	m.entrust()
	everyone, group := m.people(size, all(bare))
	devices := m.enrollAll(everyone)
	plan := m.plan(toGroup(group))
	require.Equal(t, client.ByChannel{Mdm: size}, plan.ByChannel)
	send := m.confirm(plan)

	eventually(t, func() bool { return m.registered().requests > 0 }, "people are registered")
	m.serving.kill()
	m.startServe()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range kills - 1 {
		m.round(moments[1+i%3], random)
	}

	eventually(t, func() bool { return m.send(send.ID).Counts.Shown == size }, "all devices show it")
	m.requireShownTo(devices, kills)
	registered := m.registered()
	require.Equal(t, size, registered.users, "nobody is registered twice")
	require.Len(t, m.books.Users(org), size)
	require.Empty(t, m.sink.Messages())

	for _, d := range devices {
		m.owners.Prompt(d.Owner(), m.shows(d))
	}
	m.settled(send.ID)
	require.Equal(t, size, m.send(send.ID).Counts.Accepted)
	m.check([]string{send.ID})
}

// requireShownTo checks that every device has shown one invitation, its
// owner's. A device that could not tell of it, for the server was killed, gets
// the same command once more.
func (m *managed) requireShownTo(devices []*devicesim.Device, kills int) {
	m.Helper()
	owners := map[string]string{}
	again := 0
	for _, d := range devices {
		shown := m.shown.on(d)
		require.NotEmpty(m, shown, d.Name())
		require.LessOrEqual(m, len(shown), 1+kills, d.Name())
		again += len(shown) - 1
		for _, url := range shown {
			require.Equal(m, shown[0], url, "%s shows another invitation", d.Name())
		}
		require.Empty(m, owners[shown[0]], "%s shows somebody else's invitation", d.Name())
		owners[shown[0]] = d.Owner()
	}
	m.Logf("after %d kills %d were shown again", kills, again)
}

// registrations are the requests to register users, and how many users those
// that Apple took were about.
type registrations struct{ requests, users int }

func (m *managed) registered() (r registrations) {
	for _, asked := range m.books.Requests() {
		if asked.Path == "/users/create" {
			r.requests++
			if asked.Number == 0 {
				r.users += asked.Elements
			}
		}
	}
	return r
}
