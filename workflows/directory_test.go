package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/people"
)

func TestDirectoriesThatAreDueAreStarted(t *testing.T) {
	env := newEnvironment(t)
	env.OnActivity(do.StartDueSyncs, mock.Anything).Return(activities.DueResult{}, errAway).Times(3)
	env.OnActivity(do.StartDueSyncs, mock.Anything).Return(activities.DueResult{Started: 2}, nil).Once()

	env.ExecuteWorkflow("SyncDirectoriesRun")

	requireCompleted(t, env)
	var result activities.DueResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, 2, result.Started)
}

func TestDirectoryIsReadUntilTheStoreIsThere(t *testing.T) {
	env := newEnvironment(t)
	in := activities.DirectoryInput{DirectoryID: "d", Begin: true}
	env.OnActivity(do.SyncDirectory, mock.Anything, in).Return(activities.SyncResult{}, errAway).Times(5)
	env.OnActivity(do.SyncDirectory, mock.Anything, in).Return(activities.SyncResult{State: people.RunHeld, Looked: 3}, nil).Once()

	env.ExecuteWorkflow("SyncDirectoryRun", in)

	requireCompleted(t, env)
	var result activities.SyncResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, activities.SyncResult{State: people.RunHeld, Looked: 3}, result)
}

func TestDirectoryIsReadAgainForARunBegunMeanwhile(t *testing.T) {
	env := newEnvironment(t)
	in := activities.DirectoryInput{DirectoryID: "d", Begin: true}
	env.OnActivity(do.SyncDirectory, mock.Anything, in).After(time.Minute).Return(activities.SyncResult{}, nil).Once()
	again := activities.DirectoryInput{DirectoryID: "d"}
	env.OnActivity(do.SyncDirectory, mock.Anything, again).Return(activities.SyncResult{State: people.RunSucceeded}, nil).Once()
	lookAfter(env, time.Second)
	lookAfter(env, 2*time.Second)

	env.ExecuteWorkflow("SyncDirectoryRun", in)

	requireCompleted(t, env)
	var result activities.SyncResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, people.RunSucceeded, result.State)
}
