package worker_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"

	"heraut/activities"
	"heraut/invitation"
)

// Answers that come while the message is still on its way must be recorded
// without waiting for Reconcile.
func TestQuickAnswersAreRecorded(t *testing.T) {
	t.Run("of a user alone", func(t *testing.T) {
		s := newIdleSchool(t)
		s.outbox.onTake = func(m invitation.Message) { s.answer(m.UserID, invitation.Accept) }
		s.open()
		user := s.addUsers(1)[0]
		s.inviteUser(user, month)

		require.Equal(t, completed, s.ends(invitation.UserWorkflowID(user)))
		require.True(t, s.enrolled(user))
	})
	t.Run("of a group", func(t *testing.T) {
		s := newIdleSchool(t)
		s.outbox.onTake = func(m invitation.Message) { s.answer(m.UserID, invitation.Accept) }
		s.open()
		users := s.addUsers(5)
		send := s.inviteGroup(s.group(users), month)

		require.Equal(t, completed, s.ends(send.WorkflowID))
		for _, user := range users {
			require.Equal(t, completed, s.ends(invitation.UserWorkflowID(user)))
			require.True(t, s.enrolled(user))
		}
	})
}

func TestRouteThatIsDownCostsNoEvents(t *testing.T) {
	s := newIdleSchool(t)
	var tries atomic.Int64
	s.outbox.refuse = func(m invitation.Message) *invitation.Outcome {
		if tries.Add(1) > 2 {
			return nil
		}
		return relayIsDown(m)
	}
	s.open()
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.inviteUser(user, month)
	s.rests(id)
	s.answer(user, invitation.Accept)
	require.Equal(t, completed, s.ends(id))

	events := s.history(id)
	require.Len(t, events, 17)
	for _, e := range events {
		if e.EventType == enums.EVENT_TYPE_ACTIVITY_TASK_STARTED {
			started := e.GetActivityTaskStartedEventAttributes()
			require.Greater(t, started.Attempt, int32(1))
			require.Equal(t, activities.TypeRouteDown, started.LastFailure.GetApplicationFailureInfo().GetType())
		}
	}
	s.outbox.requireOnce(t, 1)
}

// relayIsDown is an outcome without a recipient.
func relayIsDown(invitation.Message) *invitation.Outcome {
	return &invitation.Outcome{Class: invitation.RouteDown, Answer: "connection refused"}
}

func TestInvitationExpiresWhileTheRelayIsDown(t *testing.T) {
	s := newIdleSchool(t)
	s.outbox.refuse = relayIsDown
	s.open()
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.inviteUser(user, invitation.Schedule{ExpiresAfter: time.Second})

	require.Equal(t, completed, s.ends(id))
	require.Equal(t, invitation.Expired, s.onlyCompleted(user).State)
	require.Less(t, len(s.history(id)), 20, "it does not spin")
}

func TestAnswerIsRecordedWhileTheRelayIsDown(t *testing.T) {
	s := newIdleSchool(t)
	s.outbox.refuse = relayIsDown
	s.open()
	user := s.addUsers(1)[0]
	s.inviteUser(user, month)
	s.eventually(func() bool {
		route, err := s.store.RouteState(t.Context(), invitation.RouteMail)
		require.NoError(t, err)
		return !route.DownSince.IsZero()
	}, "the route is down")

	s.answer(user, invitation.Accept) // by the API

	require.Equal(t, completed, s.ends(invitation.UserWorkflowID(user)))
	require.True(t, s.enrolled(user))
}
