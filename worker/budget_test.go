package worker_test

import (
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/internal/testkit/enginetest"
	"heraut/invitation"
)

// What an accepted invitation may cost at most: events of the history, billable
// actions, state transitions. The tests hold what it costs today: one more
// fails.
var (
	mostAlone   = enginetest.Budget{Events: 18, Actions: 5, Transitions: 8}
	mostOfGroup = enginetest.Budget{Events: 12, Actions: 4, Transitions: 6}
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

	requireCost(t, enginetest.Budget{Events: 17, Actions: 5, Transitions: 8}, b, mostAlone)
}

func TestBudgetOfUserOfGroup(t *testing.T) {
	s := newSchool(t)
	users := s.addUsers(1)
	id := invitation.UserWorkflowID(users[0])
	send := s.send(invitation.Request{GroupID: s.group(users)}, month)
	_, err := s.deeds.WriteAndDeliver(t.Context(), activities.WritePageInput{SendID: send.ID})
	require.NoError(t, err)
	starts, err := s.store.PageStarts(t.Context(), send.ID, 0, 1)
	require.NoError(t, err)

	b := s.engine.Measure(t, s.client, id, func() {
		require.NoError(t, s.users.StartUser(t.Context(), starts[0]))
		s.rests(id)
		s.decide(users[0], invitation.Accept) // whose signal to the send would count
		require.NoError(t, s.users.WakeUser(t.Context(), users[0]))
		require.Equal(t, completed, s.ends(id))
	})

	requireCost(t, enginetest.Budget{Events: 11, Actions: 4, Transitions: 5}, b, mostOfGroup)
}

// requireCost holds what was measured against what it cost when this was
// written, and that against the budget.
func requireCost(t *testing.T, want, got, most enginetest.Budget) {
	t.Helper()
	require.Equal(t, want.Events, got.Events, "events")
	require.Equal(t, want.Actions, got.Actions, "actions: %v", got.Kinds)
	require.Equal(t, want.Transitions, got.Transitions, "state transitions")
	require.LessOrEqual(t, want.Events, most.Events)
	require.LessOrEqual(t, want.Actions, most.Actions)
	require.LessOrEqual(t, want.Transitions, most.Transitions)
}

// mostEventsOfSend is what a send to a thousand users, all of whom accept, may
// cost in its own history, over all its runs.
const mostEventsOfSend = 100

// TestDrillBudgetOfGroup counts a send of four pages: of 250 users at full
// length, and of fewer otherwise, for its history knows pages alone.
func TestDrillBudgetOfGroup(t *testing.T) {
	s := newIdleSchool(t)
	if os.Getenv("HERAUT_TEST_DRILL") == "" {
		s.deeds.Limits.PageSize = 25
	}
	s.open()
	many := 4 * s.deeds.Limits.PageSize
	users := s.addUsersAlone(many)
	send := s.inviteGroup(s.group(users), month)
	s.rests(send.WorkflowID)
	s.outbox.requireOnce(t, many)

	for _, user := range users {
		s.answer(user, invitation.Accept)
	}
	require.Equal(t, completed, s.ends(send.WorkflowID))

	events := len(slices.Concat(s.allRuns(send.WorkflowID)...))
	t.Logf("%d events of a send to %d users", events, many)
	require.LessOrEqual(t, events, mostEventsOfSend)
	for i := 0; i < many; i += 20 {
		id := invitation.UserWorkflowID(users[i])
		require.Equal(t, completed, s.ends(id))
		require.LessOrEqual(t, int64(len(s.history(id))), mostOfGroup.Events)
	}
}
