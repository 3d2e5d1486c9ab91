package acceptance_test

import (
	"net/http"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// toUser and toGroup are plans for whom.
func toUser(id string) client.PlanCreate  { return client.PlanCreate{UserID: &id} }
func toGroup(id string) client.PlanCreate { return client.PlanCreate{GroupID: &id} }

func (s *site) plan(input client.PlanCreate) *client.Plan {
	s.Helper()
	return ask(s, http.StatusCreated, func() (*client.CreatePlanResponse, error) {
		return s.api.CreatePlanWithResponse(s.Context(), nil, input)
	}).JSON201
}

// confirm sends a plan.
func (s *site) confirm(plan *client.Plan) *client.Send {
	s.Helper()
	return ask(s, http.StatusAccepted, func() (*client.SendPlanResponse, error) {
		return s.api.SendPlanWithResponse(s.Context(), plan.ID, nil, client.PlanSend{Digest: plan.Digest})
	}).JSON202
}

// invite plans and sends.
func (s *site) invite(input client.PlanCreate) *client.Send {
	s.Helper()
	return s.confirm(s.plan(input))
}

// send reads a send.
func (s *site) send(id string) *client.Send {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.GetSendResponse, error) {
		return s.api.GetSendWithResponse(s.Context(), id)
	}).JSON200
}

// settled waits until a send has settled.
func (s *site) settled(id string) {
	s.Helper()
	eventually(s, func() bool { return s.send(id).State == client.SendStateSettled }, "send %s settles", id)
}

// user reads a user.
func (s *site) user(id string) *client.User {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.GetUserResponse, error) {
		return s.api.GetUserWithResponse(s.Context(), id)
	}).JSON200
}

// group reads a group.
func (s *site) group(id string) *client.Group {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.GetGroupResponse, error) {
		return s.api.GetGroupWithResponse(s.Context(), id)
	}).JSON200
}

// becomes waits until a user is in a state.
func (s *site) becomes(id string, state client.UserState) {
	s.Helper()
	eventually(s, func() bool { return s.user(id).State == state }, "user %s becomes %s", id, state)
}

// invitation is the only one of a user.
func (s *site) invitation(user string) client.Invitation {
	s.Helper()
	all := s.invitations(client.ListInvitationsParams{UserID: &user})
	require.Len(s, all, 1)
	return all[0]
}

// reaches waits until the only invitation of a user is in a state.
func (s *site) reaches(user string, state client.InvitationState) client.Invitation {
	s.Helper()
	var last client.Invitation
	eventually(s, func() bool {
		last = s.invitation(user)
		return last.State == state
	}, "the invitation of user %s becomes %s", user, state)
	return last
}

// active lists the active tasks of a send.
func (s *site) active(send string) []client.Task {
	s.Helper()
	return ask(s, http.StatusOK, func() (*client.ListActiveTasksResponse, error) {
		return s.api.ListActiveTasksWithResponse(s.Context(), &client.ListActiveTasksParams{SendID: &send, Limit: new(most)})
	}).JSON200.Items
}
