package acceptance_test

import (
	"net/http"
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// silent is a person whose Apple Account is managed by the organization.
func (m *managed) silent(account string) (p person) {
	m.Helper()
	p.email = account
	p.id = ask(m, http.StatusCreated, func() (*client.CreateUserResponse, error) {
		return m.api.CreateUserWithResponse(m.Context(), nil, client.UserCreate{
			FullName: "Person of " + account, Email: nullable.NewNullableWithValue(account), ManagedDistribution: new(true),
			ManagedAppleAccount: nullable.NewNullableWithValue(account),
		})
	}).JSON201.ID
	return p
}

// Whose Apple Account is managed is enrolled by a send, and not invited; so is
// one of a send that invites nobody.
func TestManagedAppleAccountsAreEnrolledInSilence(t *testing.T) {
	t.Parallel()
	m := serveManaged(t)
	m.buy(5)
	others, group := m.people(1, all(byMail))
	p, alone := m.silent("zoe@school.example"), m.silent("bram@school.example")
	ask(t, http.StatusOK, func() (*client.ReplaceGroupMembersResponse, error) {
		return m.api.ReplaceGroupMembersWithResponse(t.Context(), group, nil, client.GroupMembers{UserIds: &[]client.ID{others[0].id, p.id}})
	})
	m.promise(group, theApp)

	plan := m.plan(toGroup(group))
	require.Equal(t, 1, plan.Silent)
	require.Equal(t, 1, plan.Invitations)
	require.Equal(t, client.ByChannel{Mail: 1}, plan.ByChannel)
	require.Equal(t, 2, plan.Licenses[0].Needed, "who is silent gets the app too")
	require.Equal(t, client.UserStateNotInvited, m.user(p.id).State, "a plan enrolls nobody")
	send := m.confirm(plan)

	m.becomes(p.id, client.UserStateEnrolled)
	m.requireTaken(1)
	require.Equal(t, "apps_and_books", m.enrollments()[0].Source)
	require.Empty(t, m.invitations(client.ListInvitationsParams{UserID: &p.id}))
	require.Empty(t, m.sink.MessagesTo(p.email))
	m.mailTo(others[0].email, 1)
	m.checkSend(send.ID)

	plan = m.plan(toUser(alone.id))
	require.Equal(t, 1, plan.Silent)
	require.Zero(t, plan.Invitations)
	m.settled(m.confirm(plan).ID)
	m.becomes(alone.id, client.UserStateEnrolled)
	require.Equal(t, map[string]int{string(client.AlreadyEnrolled): 1}, m.plan(toUser(alone.id)).SkippedCounts)
	m.checkAudit()
}
