package enginetest_test

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"heraut/engine"
	"heraut/internal/testkit/enginetest"
)

const taskQueue = "enginetest"

func nothing(context.Context) error { return nil }

// twoActivities is the naive shape: two regular activities, one after another.
func twoActivities(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range 2 {
		if err := workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

// localOnly makes two markers in one workflow task.
func localOnly(ctx workflow.Context) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: time.Minute})
	for range 2 {
		if err := workflow.ExecuteLocalActivity(ctx, nothing).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func measure(t *testing.T, e *enginetest.Engine, id string, story any) enginetest.Budget {
	t.Helper()
	c := e.Client(t, client.Options{})
	w := worker.New(c, taskQueue, worker.Options{})
	w.RegisterWorkflow(twoActivities)
	w.RegisterWorkflow(localOnly)
	w.RegisterActivity(nothing)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return e.Measure(t, c, id, func() {
		run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: taskQueue}, story)
		require.NoError(t, err)
		require.NoError(t, run.Get(t.Context(), nil))
	})
}

func TestMeasureCountsEventsActionsAndTransitions(t *testing.T) {
	e := enginetest.Shared(t)

	b := measure(t, e, "two-activities", twoActivities)

	// Started; three workflow tasks and two activities of three events each; completed.
	require.EqualValues(t, 1+3*3+2*3+1, b.Events)
	require.EqualValues(t, 3, b.Actions, "%v", b.Kinds)
	require.Equal(t, map[string]int{"grpc_StartWorkflowExecution": 1, "command_ScheduleActivityTask": 2}, b.Kinds)
	require.Positive(t, b.Transitions)
}

func TestMeasureBillsMarkersOfOneTaskOnce(t *testing.T) {
	e := enginetest.Shared(t)

	b := measure(t, e, "local-only", localOnly)

	require.EqualValues(t, 1+3+2+1, b.Events)
	require.EqualValues(t, 2, b.Actions, "%v", b.Kinds)
}

func TestSharedIsOneAndNewIsAnother(t *testing.T) {
	first, second := enginetest.Shared(t), enginetest.Shared(t)
	require.Same(t, first, second)

	dir := t.TempDir()
	own := enginetest.New(t, engine.Options{Dir: dir})
	require.NotEqual(t, enginetest.Shared(t).Address(), own.Address())
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.NotEmpty(t, entries)
}
