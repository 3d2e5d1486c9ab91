package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/engine"
	"heraut/internal/testkit/enginetest"
	"heraut/invitation"
)

// newHastySchool opens a school on an engine that soon suggests to continue as new.
func newHastySchool(t *testing.T) *school {
	t.Helper()
	e := enginetest.New(t, engine.Options{DynamicConfig: map[string]any{"limit.historyCount.suggestContinueAsNew": 12}})
	return newIdleSchoolOn(t, e, time.Now)
}

func TestSendGoesOnOverRuns(t *testing.T) {
	s := newHastySchool(t)
	s.deeds.Limits.PageSize = 2
	s.open()
	users := s.addUsers(12)
	send := s.inviteGroup(s.group(users), month)
	s.eventually(func() bool { return len(s.outbox.copies()) == len(users) }, "all mails leave")
	for _, user := range users {
		s.rests(invitation.UserWorkflowID(user))
		s.answer(user, invitation.Accept)
	}

	require.Equal(t, completed, s.ends(send.WorkflowID))
	require.Greater(t, len(s.allRuns(send.WorkflowID)), 1)
	s.outbox.requireOnce(t, len(users))
	for _, user := range users {
		require.Equal(t, completed, s.ends(invitation.UserWorkflowID(user)))
		require.True(t, s.enrolled(user))
	}
}

func TestUserGoesOnOverRuns(t *testing.T) {
	s := newHastySchool(t)
	s.open()
	user := s.addUsers(1)[0]
	id := invitation.UserWorkflowID(user)
	for range 4 {
		s.inviteUser(user, month)
		s.rests(id)
	}
	s.answer(user, invitation.Accept)

	require.Equal(t, completed, s.ends(id))
	require.Greater(t, len(s.allRuns(id)), 1)
	s.outbox.requireOnce(t, 4)
	require.True(t, s.enrolled(user))
}
