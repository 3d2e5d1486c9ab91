package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/workflows"
)

// relayDownFor lets deliveries fail, as with a relay that is down, until so
// long after the start.
func (d *desk) relayDownFor(env *testsuite.TestWorkflowEnvironment, wait time.Duration) {
	env.OnActivity(do.DeliverUser, mock.Anything, ada).Return(func(context.Context, activities.UserInput) (activities.NextResult, error) {
		d.note("deliver")
		if env.Now().Sub(began) < wait {
			return activities.NextResult{}, temporal.NewApplicationErrorWithOptions("down", activities.TypeRouteDown,
				temporal.ApplicationErrorOptions{NextRetryDelay: 24 * time.Hour})
		}
		return d.take(&d.deliveries), nil
	})
}

func TestAnswerWhileTheMessageLeavesIsRecorded(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.deliveries = []activities.NextResult{done} // nothing is open any more
	d.records = []activities.NextResult{done}

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{"deliver on day 0", "record on day 0"}, d.log)
}

func TestAnswerWhileTheRelayIsDownIsRecordedAtOnce(t *testing.T) {
	env := newEnvironment(t)
	d := &desk{env: env, records: []activities.NextResult{done}}
	d.relayDownFor(env, 10*24*time.Hour)
	env.OnActivity(do.Record, mock.Anything, ada).Return(d.record)
	lookAfter(env, 36*time.Hour)

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{"deliver on day 0", "deliver on day 1", "record on day 1"}, d.log)
}

func TestLookWhileTheRelayIsDownDoesNotEndTheDelivery(t *testing.T) {
	env := newEnvironment(t)
	d := &desk{env: env, deliveries: []activities.NextResult{next(days(9))}, records: []activities.NextResult{due, due, next(days(9)), done}}
	d.relayDownFor(env, 3*24*time.Hour)
	env.OnActivity(do.Record, mock.Anything, ada).Return(d.record)
	lookAfter(env, 12*time.Hour)
	lookAfter(env, 36*time.Hour)

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{
		"deliver on day 0", "record on day 0", "deliver on day 1", "record on day 1",
		"deliver on day 2", "deliver on day 3", "record on day 3", "record on day 9",
	}, d.log)
}

// deliverSlowly lets a delivery answer after a day with what it read before.
func (d *desk) deliverSlowly() {
	d.env.OnActivity(do.DeliverUser, mock.Anything, ada).After(24 * time.Hour).Return(d.deliver)
}

func TestChangeWhileADeliveryEndsIsNotForgotten(t *testing.T) {
	env := newEnvironment(t)
	d := &desk{env: env, deliveries: []activities.NextResult{next(days(9)), done}, records: []activities.NextResult{due, due, done}}
	d.deliverSlowly()
	env.OnActivity(do.Record, mock.Anything, ada).Return(d.record)
	lookAfter(env, 12*time.Hour) // a device enrolled again: it has lost what was sent

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{
		"record on day 0", "deliver on day 1", "record on day 1", "deliver on day 2", "record on day 2",
	}, d.log)
}

func TestInvitationThatComesAtTheEndIsLookedAfter(t *testing.T) {
	env := newEnvironment(t)
	d := &desk{env: env, deliveries: []activities.NextResult{done}, records: []activities.NextResult{done, due, done}}
	env.OnActivity(do.DeliverUser, mock.Anything, ada).Return(d.deliver)
	first := true
	env.OnActivity(do.Record, mock.Anything, ada).Return(func(ctx context.Context, in activities.UserInput) (activities.NextResult, error) {
		if first {
			env.SignalWorkflow(workflows.LookSignalName, nil) // while the store says that nothing is open
		}
		first = false
		return d.record(ctx, in)
	})

	inviteUser(env, workflows.InviteUserInput{At: days(3)})

	requireCompleted(t, env)
	require.Equal(t, []string{"record on day 3", "record on day 3", "deliver on day 3", "record on day 3"}, d.log)
}

// Runs that began under an earlier order keep to it.
func TestRunsOfEarlierRulesLookOnce(t *testing.T) {
	env := newEnvironment(t)
	d := &desk{env: env, deliveries: []activities.NextResult{next(days(9))}, records: []activities.NextResult{due, done}}
	d.deliverSlowly()
	env.OnActivity(do.Record, mock.Anything, ada).Return(d.record)
	lookAfter(env, 12*time.Hour)

	env.ExecuteWorkflow(workflows.InviteUser, workflows.InviteUserInput{UserID: ada.UserID, Rules: 1, Deliver: true})

	requireCompleted(t, env)
	require.Equal(t, []string{"record on day 0", "deliver on day 1", "record on day 9"}, d.log)
}

func TestLongHistoryContinuesAsNew(t *testing.T) {
	env := newEnvironment(t)
	d := newDesk(env)
	d.records = []activities.NextResult{next(days(5))}
	env.RegisterDelayedCallback(func() {
		env.SetContinueAsNewSuggested(true)
		env.SignalWorkflow(workflows.LookSignalName, nil)
	}, time.Hour)

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	require.Equal(t, workflows.InviteUserInput{UserID: "ada", Rules: workflows.Rules, At: days(5)}, continued[workflows.InviteUserInput](t, env))
	require.Len(t, d.log, 1)
}

func TestPendingLookIsReadBeforeContinuingAsNew(t *testing.T) {
	env := newEnvironment(t)
	env.SetContinueAsNewSuggested(true)
	d := newDesk(env)
	d.records = []activities.NextResult{next(days(3))}
	lookAfter(env, 0) // with the very start

	inviteUser(env, workflows.InviteUserInput{At: days(2)})

	require.Equal(t, days(3), continued[workflows.InviteUserInput](t, env).At)
	require.Equal(t, []string{"record on day 0"}, d.log)
}

func TestWhatIsDueLeavesBeforeContinuingAsNew(t *testing.T) {
	env := newEnvironment(t)
	env.SetContinueAsNewSuggested(true)
	d := newDesk(env)
	d.deliveries = []activities.NextResult{next(days(3))}

	inviteUser(env, workflows.InviteUserInput{Deliver: true})

	require.Equal(t, workflows.InviteUserInput{UserID: "ada", Rules: workflows.Rules, At: days(3)}, continued[workflows.InviteUserInput](t, env))
}
