package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"heraut/activities"
)

func TestDistributionTellsWhatItGave(t *testing.T) {
	env := newEnvironment(t)
	want := activities.Distributed{Given: 45, TakenBack: 2}
	env.OnActivity(do.Distribute, mock.Anything).Return(activities.Distributed{}, errAway).Times(3)
	env.OnActivity(do.Distribute, mock.Anything).Return(want, nil).Once()

	env.ExecuteWorkflow("DistributeRun")

	requireCompleted(t, env)
	var result activities.Distributed
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, want, result)
}
