package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"heraut/activities"
)

func TestBulkIsTriedAgain(t *testing.T) {
	env := newEnvironment(t)
	in := activities.BulkInput{BulkID: "bulk"}
	env.OnActivity(do.Bulk, mock.Anything, in).Return(errAway).Times(3)
	env.OnActivity(do.Bulk, mock.Anything, in).Return(nil).Once()

	env.ExecuteWorkflow("BulkRun", in)

	requireCompleted(t, env)
}

func TestReconcileTellsWhatItMended(t *testing.T) {
	env := newEnvironment(t)
	want := activities.ReconcileResult{Started: 1, Cancelled: 2, Woken: 3, Sends: 4}
	env.OnActivity(do.Reconcile, mock.Anything).Return(activities.ReconcileResult{}, errAway).Once()
	env.OnActivity(do.Reconcile, mock.Anything).Return(want, nil).Once()

	env.ExecuteWorkflow("ReconcileRun")

	requireCompleted(t, env)
	var result activities.ReconcileResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, want, result)
}
