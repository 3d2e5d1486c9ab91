package worker_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"heraut/activities"
	"heraut/invitation"
	"heraut/people"
	"heraut/workflows"
)

// newOldSchool opens a school where all was written an hour ago, so that
// Reconcile misses what does not run.
func newOldSchool(t *testing.T) *school {
	t.Helper()
	s := newIdleSchoolAt(t, func() time.Time { return time.Now().Add(-time.Hour) })
	s.open()
	return s
}

// reconciles reconciles until it has mended as much as wanted. The engine's
// list of running workflows lags a little.
func (s *school) reconciles(mended func(activities.ReconcileResult) bool) {
	s.t.Helper()
	s.eventually(func() bool {
		result, err := s.deeds.Reconcile(s.t.Context())
		require.NoError(s.t, err)
		return mended(result)
	}, "reconcile mends")
}

func (s *school) onlyCompleted(userID string) invitation.Invitation {
	s.t.Helper()
	page, err := s.store.ListCompleted(s.t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 2)
	require.NoError(s.t, err)
	require.Len(s.t, page.Items, 1)
	return page.Items[0]
}

func TestStartThatWasLostIsMadeUpFor(t *testing.T) {
	s := newOldSchool(t)
	user := s.addUsers(1)[0]
	s.send(invitation.Request{UserID: user}, month) // and the process dies

	s.reconciles(func(r activities.ReconcileResult) bool { return r.Started == 1 })

	s.eventually(func() bool { return len(s.outbox.copies()) == 1 }, "the mail leaves")
	s.rests(invitation.UserWorkflowID(user))
	s.outbox.requireOnce(t, 1)
}

func TestGroupThatWasLostIsStarted(t *testing.T) {
	s := newOldSchool(t)
	users := s.addUsers(3)
	send := s.send(invitation.Request{GroupID: s.group(users)}, month)

	s.reconciles(func(r activities.ReconcileResult) bool { return r.Sends == 1 })

	s.rests(send.WorkflowID)
	s.outbox.requireOnce(t, 3)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
	}
}

func TestTerminatedUserIsCancelled(t *testing.T) {
	s := newOldSchool(t)
	user := s.addUsers(1)[0]
	s.inviteUser(user, month)
	id := invitation.UserWorkflowID(user)
	s.rests(id)
	require.NoError(t, s.client.TerminateWorkflow(t.Context(), id, "", "enough"))

	s.reconciles(func(r activities.ReconcileResult) bool { return r.Cancelled == 1 })

	i := s.onlyCompleted(user)
	require.Equal(t, invitation.Cancelled, i.State)
	timeline, err := s.store.Timeline(t.Context(), i.ID)
	require.NoError(t, err)
	require.Equal(t, string(people.ActorEngine), timeline[len(timeline)-1].Actor)
	s.reconciles(func(r activities.ReconcileResult) bool { return r == (activities.ReconcileResult{}) })
}

func TestTerminatedSendIsCancelledAndItsUsersEnd(t *testing.T) {
	s := newOldSchool(t)
	users := s.addUsers(2)
	send := s.inviteGroup(s.group(users), month)
	s.rests(send.WorkflowID)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
	}
	require.NoError(t, s.client.TerminateWorkflow(t.Context(), send.WorkflowID, "", "enough"))

	s.reconciles(func(r activities.ReconcileResult) bool { return r.Cancelled == 1 })
	s.reconciles(func(r activities.ReconcileResult) bool { return r.Woken == 2 })

	for _, user := range users {
		require.Equal(t, completed, s.ends(invitation.UserWorkflowID(user)))
		require.Equal(t, invitation.Cancelled, s.onlyCompleted(user).State)
	}
}

func TestAnswersWhoseSignalsAreLostAreRecorded(t *testing.T) {
	s := newOldSchool(t)
	users := s.addUsers(2)
	s.inviteUser(users[0], month)
	s.rests(invitation.UserWorkflowID(users[0]))
	s.send(invitation.Request{UserID: users[1]}, month) // not started at all
	for _, user := range users {
		s.decide(user, invitation.Accept)
	}

	_, err := s.deeds.Reconcile(t.Context())
	require.NoError(t, err)

	for _, user := range users {
		require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_COMPLETED, s.ends(invitation.UserWorkflowID(user)))
		require.True(t, s.enrolled(user))
	}
}

// A process may die between an answer that settles a send and the signal that
// tells of it.
func TestSettledSendThatWasNotToldEnds(t *testing.T) {
	s := newOldSchool(t)
	users := s.addUsers(2)
	send := s.inviteGroup(s.group(users), month)
	s.rests(send.WorkflowID)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
		s.decide(user, invitation.Accept)
	}

	s.reconciles(func(activities.ReconcileResult) bool { return s.status(send.WorkflowID) == completed })

	s.outbox.requireOnce(t, 2)
	s.reconciles(func(r activities.ReconcileResult) bool { return r == (activities.ReconcileResult{}) })
}

// Another database took over that had not heard of the last minutes: the engine
// knows of an end that the store does not.
func TestSendThatTheStoreCallsRunningAgain(t *testing.T) {
	s := newOldSchool(t)
	users := s.addUsers(2)
	send := s.send(invitation.Request{GroupID: s.group(users)}, month)
	// A run that ends at once plays the one that knew of the end.
	_, err := s.client.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: send.WorkflowID, TaskQueue: workflows.TaskQueue},
		workflows.Bulk, activities.BulkInput{BulkID: s.finishedBulk()})
	require.NoError(t, err)
	require.Equal(t, completed, s.ends(send.WorkflowID))

	s.reconciles(func(r activities.ReconcileResult) bool { return r.Sends == 1 })

	s.eventually(func() bool { return len(s.outbox.copies()) == 2 }, "the mails leave")
}

// paused writes a send, and pauses it before its workflow begins.
func (s *school) paused(r invitation.Request) invitation.Send {
	s.t.Helper()
	send := s.send(r, month)
	_, err := s.store.PauseSend(s.t.Context(), tester, send.ID)
	require.NoError(s.t, err)
	return send
}

// away are times after which Reconcile comes by for the first time.
func away() []time.Duration { return []time.Duration{15 * time.Minute, 5 * time.Hour} }

// newLateSchool opens a school whose clock stands a day back, until the test
// lets it catch up.
func newLateSchool(t *testing.T) (s *school, until func(time.Duration)) {
	t.Helper()
	var late atomic.Int64
	late.Store(int64(24 * time.Hour))
	s = newIdleSchoolAt(t, func() time.Time { return time.Now().Add(-time.Duration(late.Load())) })
	s.open()
	return s, func(d time.Duration) { late.Store(int64(d)) }
}

// How often each mail leaves is not asked: users' workflows begin beside the
// page, and with a clock that stands back what was in doubt is due at once.
func TestResumeThatAGroupWasNotToldOf(t *testing.T) {
	for _, late := range away() {
		t.Run(late.String(), func(t *testing.T) {
			s, until := newLateSchool(t)
			send := s.paused(invitation.Request{GroupID: s.group(s.addUsers(2))})
			require.NoError(t, s.users.StartGroup(t.Context(), send.ID))
			s.rests(send.WorkflowID)
			require.Empty(t, s.outbox.copies())
			until(late)
			_, err := s.store.ResumeSend(t.Context(), tester, send.ID)
			require.NoError(t, err)

			s.reconciles(func(activities.ReconcileResult) bool { return s.looks(send.WorkflowID) == 1 })

			s.eventually(func() bool { return len(s.outbox.copies()) == 2 }, "the mails leave")
			for range 2 {
				_, err := s.deeds.Reconcile(t.Context())
				require.NoError(t, err)
			}
			require.Equal(t, 1, s.looks(send.WorkflowID), "it is told once")
		})
	}
}

// finishedBulk is a bulk action with nothing to do.
func (s *school) finishedBulk() string {
	s.t.Helper()
	bulk, err := s.store.CreateBulk(s.t.Context(), tester, invitation.Cancel, invitation.Filter{SendID: "none"})
	require.NoError(s.t, err)
	_, err = s.store.StepBulk(s.t.Context(), bulk.ID, 1)
	require.NoError(s.t, err)
	return bulk.ID
}

// looks is how often a workflow's last run was told to look.
func (s *school) looks(workflowID string) int {
	s.t.Helper()
	n := 0
	for _, event := range s.history(workflowID) {
		if event.EventType == enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			n++
		}
	}
	return n
}

// A user's workflow is taken to be late ten minutes after the pause.
func TestResumeThatAUserWasNotToldOf(t *testing.T) {
	for _, late := range away() {
		t.Run(late.String(), func(t *testing.T) {
			s, until := newLateSchool(t)
			user := s.addUsers(1)[0]
			send := s.paused(invitation.Request{UserID: user})
			start, _, err := s.store.UserStart(t.Context(), user)
			require.NoError(t, err)
			start.Deliver = true
			require.NoError(t, s.users.StartUser(t.Context(), start))
			s.rests(send.WorkflowID)
			require.Empty(t, s.outbox.copies())
			until(late)
			_, err = s.store.ResumeSend(t.Context(), tester, send.ID)
			require.NoError(t, err)

			s.reconciles(func(activities.ReconcileResult) bool { return len(s.outbox.copies()) == 1 })

			s.outbox.requireOnce(t, 1)
		})
	}
}

// A process may die between a resend and its signal, and be back hours later.
func TestResendThatNobodyWasToldOf(t *testing.T) {
	for _, late := range away() {
		t.Run(late.String(), func(t *testing.T) {
			s, until := newLateSchool(t)
			user := s.addUsers(1)[0]
			s.inviteUser(user, month)
			s.eventually(func() bool { return len(s.outbox.copies()) == 1 }, "the first mail leaves")
			s.rests(invitation.UserWorkflowID(user))
			until(late)
			_, err := s.store.ResendInvitation(t.Context(), tester, s.onlyOpen(user), "again")
			require.NoError(t, err)

			s.reconciles(func(activities.ReconcileResult) bool { return len(s.outbox.copies()) == 2 })
			s.reconciles(func(r activities.ReconcileResult) bool { return r == (activities.ReconcileResult{}) })
		})
	}
}
