package workflows_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"heraut/activities"
	"heraut/invitation"
	"heraut/workflows"
)

var errAway = errors.New("the database is away")

// do names activities; it is never called through.
var do *activities.Activities

// began is when runs start. Test clocks skip what is waited for.
var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newEnvironment(t *testing.T) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetStartTime(began)
	env.SetTestTimeout(20 * time.Second)
	env.RegisterActivity(do)
	env.RegisterWorkflow(workflows.InviteUser)
	env.RegisterWorkflow(workflows.InviteGroup)
	// Under names of their own: the environment takes a workflow for the
	// played activity of the same name.
	env.RegisterWorkflowWithOptions(workflows.Bulk, workflow.RegisterOptions{Name: "BulkRun"})
	env.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{Name: "ReconcileRun"})
	env.RegisterWorkflowWithOptions(workflows.WatchAcceptances, workflow.RegisterOptions{Name: "WatchRun"})
	env.RegisterWorkflowWithOptions(workflows.DistributeContent, workflow.RegisterOptions{Name: "DistributeRun"})
	env.RegisterWorkflowWithOptions(workflows.SyncDirectories, workflow.RegisterOptions{Name: "SyncDirectoriesRun"})
	env.RegisterWorkflowWithOptions(workflows.SyncDirectory, workflow.RegisterOptions{Name: "SyncDirectoryRun"})
	t.Cleanup(func() { env.AssertExpectations(t) })
	return env
}

// lookAfter signals so long after the start.
func lookAfter(env *testsuite.TestWorkflowEnvironment, wait time.Duration) {
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(workflows.LookSignalName, nil) }, wait)
}

// days is so many days after the start.
func days(n int) time.Time { return began.AddDate(0, 0, n) }

func next(at time.Time) activities.NextResult {
	return activities.NextResult{Next: invitation.Next{At: at}}
}

var (
	due  = activities.NextResult{Next: invitation.Next{Due: true}}
	done = activities.NextResult{Next: invitation.Next{Done: true}}
)

func requireCompleted(t *testing.T, env *testsuite.TestWorkflowEnvironment) {
	t.Helper()
	require.True(t, env.IsWorkflowCompleted())
	require.NoError(t, env.GetWorkflowError())
}

// continued is the input that a run hands to the next.
func continued[T any](t *testing.T, env *testsuite.TestWorkflowEnvironment) T {
	t.Helper()
	require.True(t, env.IsWorkflowCompleted())
	again, ok := errors.AsType[*workflow.ContinueAsNewError](env.GetWorkflowError())
	require.True(t, ok, "%v", env.GetWorkflowError())
	var input T
	require.NoError(t, converter.GetDefaultDataConverter().FromPayloads(again.Input, &input))
	return input
}
