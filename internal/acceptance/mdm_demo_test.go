package acceptance_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/simulator/school"
)

// The first minute of somebody who tries Heraut out: the demo's devices have
// enrolled, one class is invited, and its pupils accept at Apple.
func TestTheDemoPlaysTheWholePath(t *testing.T) {
	t.Parallel()
	m := newDemo(t)
	class := m.class(school.Eager)
	plan := m.plan(toGroup(class))
	require.Positive(t, plan.ByChannel.Mdm)
	require.NotEmpty(t, plan.Licenses)
	send := m.confirm(plan)
	byMDM := func(state client.InvitationState) bool {
		return slices.ContainsFunc(m.invitations(client.ListInvitationsParams{SendID: &send.ID, State: &state}), func(i client.Invitation) bool {
			return i.Channel == client.ChannelMdm && value(i.Device).Name != ""
		})
	}
	eventually(t, func() bool { return byMDM(client.InvitationStateShown) }, "devices show invitations")
	eventually(t, func() bool { return byMDM(client.InvitationStateAccepted) }, "pupils accept")
	require.Equal(t, "apps_and_books", m.enrollments()[0].Source)
	eventually(t, func() bool {
		return slices.ContainsFunc(m.contentTasks(), func(task client.Task) bool { return task.State == client.TaskStateTaken })
	}, "they get what their class was promised")
	m.checkAudit()
}

// newDemo starts `heraut serve --demo` in an empty folder.
func newDemo(t *testing.T) *managed {
	t.Helper()
	s := &site{TB: t, data: t.TempDir() + "/demo"}
	address := freeAddress(t)
	s.url = "http://" + address
	s.args = []string{
		"serve", "--demo", "--data", s.data, "--listen", address,
		"--temporal-listen", freeAddress(t), "--temporal-ui-listen", freeAddress(t), "--log-level", "warn",
	}
	s.startServe()
	s.connect(s.adminKey())
	return &managed{killer: &killer{site: s}}
}

// class is a group of the demo.
func (m *managed) class(name string) (id string) {
	m.Helper()
	groups := ask(m, http.StatusOK, func() (*client.ListGroupsResponse, error) {
		return m.api.ListGroupsWithResponse(m.Context(), &client.ListGroupsParams{Limit: new(most)})
	}).JSON200.Items
	i := slices.IndexFunc(groups, func(g client.Group) bool { return g.Name == name })
	require.GreaterOrEqual(m, i, 0, name)
	return groups[i].ID
}
