package worker_test

import (
	"slices"
	"sync"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"

	"heraut/invitation"
	"heraut/workflows"
)

const completed = enums.WORKFLOW_EXECUTION_STATUS_COMPLETED

// stories are what runs go through. Each tells one on the real engine and
// returns the id of its workflow; they are saved under these names.
var stories = map[string]func(s *school) string{
	"user-alone-accepted":         userAloneAccepted,
	"user-of-group-accepted":      userOfGroupAccepted,
	"user-reminder-then-accepted": userReminderThenAccepted,
	"user-expired":                userExpired,
	"user-cancelled":              userCancelled,
	"user-joined-by-second-send":  userJoinedBySecondSend,
	"user-changed-while-sending":  userChangedWhileSending,
	"group-one-page":              groupOnePage,
	"group-paused-resumed":        groupPausedResumed,
	"group-cancelled":             groupCancelled,
	"bulk":                        bulkCancelled,
	"reconcile":                   reconciled,
	"content-distributed":         contentDistributed,
	"directories-due":             directoriesDue,
	"directory-read":              directoryRead,
}

func userAloneAccepted(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.open()
	s.inviteUser(user, month)
	s.rests(id)
	s.answer(user, invitation.Accept)
	require.Equal(s.t, completed, s.ends(id))
	require.True(s.t, s.enrolled(user))
	return id
}

func userOfGroupAccepted(s *school) string {
	users := s.addUsers(2)
	id := invitation.UserWorkflowID(users[1])
	s.open()
	s.inviteGroup(s.group(users), month)
	s.rests(id)
	s.answer(users[1], invitation.Accept)
	require.Equal(s.t, completed, s.ends(id))
	return id
}

func userReminderThenAccepted(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.open()
	s.inviteUser(user, invitation.Schedule{
		ExpiresAfter: time.Hour, Reminders: []invitation.Reminder{{After: time.Second, Via: invitation.ViaMail}},
	})
	s.eventually(func() bool { return len(s.outbox.copies()) == 2 }, "the reminder leaves")
	s.rests(id)
	s.answer(user, invitation.Accept)
	require.Equal(s.t, completed, s.ends(id))
	return id
}

func userExpired(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.open()
	s.inviteUser(user, invitation.Schedule{ExpiresAfter: time.Second})
	require.Equal(s.t, completed, s.ends(id))
	require.False(s.t, s.enrolled(user))
	return id
}

func userCancelled(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.open()
	send := s.inviteUser(user, month)
	s.rests(id)
	_, err := s.store.CancelSend(s.t.Context(), tester, send.ID)
	require.NoError(s.t, err)
	require.NoError(s.t, s.users.WakeUser(s.t.Context(), user))
	require.Equal(s.t, completed, s.ends(id))
	return id
}

func userJoinedBySecondSend(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.open()
	s.inviteUser(user, month)
	s.rests(id)
	s.inviteUser(user, month)
	s.eventually(func() bool { return len(s.outbox.copies()) == 2 }, "the second send leaves")
	s.rests(id)
	s.answer(user, invitation.Accept)
	require.Equal(s.t, completed, s.ends(id))
	return id
}

// The look finds a run that waits for its delivery, which reads what is next
// before the run knows.
func userChangedWhileSending(s *school) string {
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	s.outbox.onTake = func(invitation.Message) {
		require.NoError(s.t, s.users.WakeUser(s.t.Context(), user))
		s.eventually(func() bool {
			return slices.ContainsFunc(s.history(id), func(e *history.HistoryEvent) bool { return e.GetEventType() == enums.EVENT_TYPE_MARKER_RECORDED })
		}, "the run looks while it sends")
	}
	s.open()
	s.inviteUser(user, month)
	s.rests(id)
	s.answer(user, invitation.Accept)
	require.Equal(s.t, completed, s.ends(id))
	return id
}

func groupOnePage(s *school) string {
	users := s.addUsers(3)
	s.open()
	send := s.inviteGroup(s.group(users), month)
	s.rests(send.WorkflowID)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
		s.answer(user, invitation.Decline)
	}
	require.Equal(s.t, completed, s.ends(send.WorkflowID))
	return send.WorkflowID
}

func groupPausedResumed(s *school) string {
	users := s.addUsers(3)
	s.deeds.Limits.Mails = 1
	var send invitation.Send
	var once sync.Once
	sent := make(chan struct{})
	s.outbox.onTake = func(invitation.Message) {
		<-sent
		once.Do(func() { s.turnSend(send.ID, s.store.PauseSend) })
	}
	s.open()
	send = s.inviteGroup(s.group(users), month)
	close(sent)
	s.rests(invitation.UserWorkflowID(users[2]))
	s.rests(send.WorkflowID)
	require.Len(s.t, s.outbox.copies(), 1)

	s.turnSend(send.ID, s.store.ResumeSend)
	s.eventually(func() bool { return len(s.outbox.copies()) == 3 }, "the rest leaves")
	s.rests(send.WorkflowID)
	for _, user := range users {
		s.answer(user, invitation.Accept)
	}
	require.Equal(s.t, completed, s.ends(send.WorkflowID))
	return send.WorkflowID
}

func groupCancelled(s *school) string {
	users := s.addUsers(3)
	s.open()
	send := s.inviteGroup(s.group(users), month)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
	}
	s.rests(send.WorkflowID)
	s.turnSend(send.ID, s.store.CancelSend)
	require.Equal(s.t, completed, s.ends(send.WorkflowID))
	for _, user := range users {
		require.Equal(s.t, completed, s.ends(invitation.UserWorkflowID(user)))
	}
	return send.WorkflowID
}

func bulkCancelled(s *school) string {
	users := s.addUsers(2)
	s.open()
	send := s.inviteGroup(s.group(users), month)
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
	}
	bulk, err := s.store.CreateBulk(s.t.Context(), tester, invitation.Cancel, invitation.Filter{SendID: send.ID})
	require.NoError(s.t, err)
	require.NoError(s.t, s.users.StartBulk(s.t.Context(), bulk.ID))
	id := "bulk-" + bulk.ID
	require.Equal(s.t, completed, s.ends(id))
	require.Equal(s.t, completed, s.ends(send.WorkflowID))
	return id
}

func reconciled(s *school) string {
	user := s.addUsers(1)[0]
	s.open()
	s.inviteUser(user, month)
	s.rests(invitation.UserWorkflowID(user))
	s.decide(user, invitation.Accept) // and the signal is lost

	options := client.StartWorkflowOptions{ID: "reconcile-told", TaskQueue: workflows.TaskQueue}
	_, err := s.client.ExecuteWorkflow(s.t.Context(), options, workflows.Reconcile)
	require.NoError(s.t, err)
	require.Equal(s.t, completed, s.ends(options.ID))
	require.Equal(s.t, completed, s.ends(invitation.UserWorkflowID(user)))
	require.True(s.t, s.enrolled(user))
	return options.ID
}

// contentDistributed: without a content token there is nothing to give.
func contentDistributed(s *school) string {
	s.open()
	options := client.StartWorkflowOptions{ID: "distribute-told", TaskQueue: workflows.TaskQueue}
	_, err := s.client.ExecuteWorkflow(s.t.Context(), options, workflows.DistributeContent)
	require.NoError(s.t, err)
	require.Equal(s.t, completed, s.ends(options.ID))
	return options.ID
}
