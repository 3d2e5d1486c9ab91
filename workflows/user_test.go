package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/workflows"
)

var ada = activities.UserInput{UserID: "ada"}

func inviteUser(env *testsuite.TestWorkflowEnvironment, in workflows.InviteUserInput) {
	in.UserID, in.Rules = ada.UserID, workflows.Rules
	env.ExecuteWorkflow(workflows.InviteUser, in)
}

func TestUserDeliversThenWaitsForTheAnswer(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.deliveries = []activities.NextResult{next(days(30))}
	d.records = []activities.NextResult{done}
	lookAfter(env, 29*24*time.Hour)

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{"deliver on day 0", "record on day 29"}, d.log)
	require.Zero(t, d.cancelled, "the timer is left to the server")
}

func TestUserOfAPageDeliversNothing(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.records = []activities.NextResult{done}
	lookAfter(env, time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Equal(t, []string{"record on day 0"}, d.log)
}

func TestUserIsRemindedAndExpires(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.deliveries = []activities.NextResult{next(days(5)), next(days(30))}
	d.records = []activities.NextResult{due, due, done}

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Equal(t, []string{
		"record on day 2", "deliver on day 2", "record on day 5", "deliver on day 5", "record on day 30",
	}, d.log)
	require.Len(t, d.timers, 3)
}

func TestLaggingStoreClockDoesNotSpin(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	past := next(began.Add(-time.Hour))
	d.records = []activities.NextResult{past, past, past, past, done}

	inviteUser(env, workflows.InviteUserInput{At: past.Next.At})

	requireCompleted(t, env)
	require.Equal(t, []time.Duration{time.Second, time.Second, time.Second, time.Second, time.Second}, d.timers)
}

func TestLooksCoalesce(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.records = []activities.NextResult{done}
	env.RegisterDelayedCallback(func() {
		for range 9 {
			env.SignalWorkflow(workflows.LookSignalName, nil)
		}
	}, time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Len(t, d.log, 2, "one that is under way, and one for all that came after it began")
}

func TestLookThatChangesNothingKeepsItsTimer(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.records = []activities.NextResult{next(days(2)), next(days(2)), done}
	lookAfter(env, time.Hour)
	lookAfter(env, 2*time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Equal(t, []string{"record on day 0", "record on day 0", "record on day 2"}, d.log)
	require.Len(t, d.timers, 1)
}

func TestLookThatChangesTheDueTimeSetsItsTimerAnew(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.records = []activities.NextResult{next(days(1)), done}
	lookAfter(env, time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Equal(t, []time.Duration{48 * time.Hour, 23 * time.Hour}, d.timers)
	require.Equal(t, 1, d.cancelled)
}

func TestRecordFallsBackToARegularActivity(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.failing = 7 // three local tries, then with backoff for as long as it takes
	d.records = []activities.NextResult{done}
	lookAfter(env, time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	requireCompleted(t, env)
	require.Len(t, d.log, 8)
	env.AssertActivityNumberOfCalls(t, "Record", 8)
}

func TestCancelledRunIsCancelled(t *testing.T) {
	for name, in := range map[string]workflows.InviteUserInput{"waiting": {At: days(2)}, "delivering": {Deliver: true}} {
		t.Run(name, func(t *testing.T) {
			env := newEnvironment(t)
			d := newDesk(env)
			d.deliveries = []activities.NextResult{next(days(2))}
			env.RegisterDelayedCallback(env.CancelWorkflow, time.Millisecond)

			inviteUser(env, in)

			require.True(t, env.IsWorkflowCompleted())
			require.True(t, temporal.IsCanceledError(env.GetWorkflowError()), "%v", env.GetWorkflowError())
		})
	}
}
