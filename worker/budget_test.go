package worker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/enginetest"
	"heraut/invitation"
)

func TestBudgetOfUserAlone(t *testing.T) {
	s := newSchool(t)
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)

	b := s.engine.Measure(t, s.client, id, func() {
		s.inviteUser(user, month)
		s.rests(id)
		s.answer(user, invitation.Accept)
		require.Equal(t, completed, s.ends(id))
	})

	requireBudget(t, b, 17, 5, 8)
}

func requireBudget(t *testing.T, b enginetest.Budget, events, actions, transitions int64) {
	t.Helper()
	require.Equal(t, events, b.Events, "events")
	require.Equal(t, actions, b.Actions, "actions: %v", b.Kinds)
	require.Equal(t, transitions, b.Transitions, "state transitions")
}
