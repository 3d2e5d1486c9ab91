package worker_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"golang.org/x/sync/errgroup"

	"heraut/engine"
	"heraut/internal/testkit/enginetest"
	"heraut/worker"
)

func TestPrepareMayRunOftenAndAtOnce(t *testing.T) {
	c := enginetest.New(t, engine.Options{}).Client(t, client.Options{})

	require.NoError(t, worker.Prepare(t.Context(), c, client.DefaultNamespace, worker.Intervals{Watch: time.Hour}))
	requirePrepared(t, c)

	// An earlier release had its own mind about the schedule, and somebody
	// has paused it.
	reconcile := c.ScheduleClient().GetHandle(t.Context(), "reconcile")
	require.NoError(t, reconcile.Update(t.Context(), client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec = &client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: 24 * time.Hour}}}
			in.Description.Schedule.State.Paused = true
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		},
	}))
	var workers errgroup.Group
	for range 4 {
		workers.Go(func() error {
			return worker.Prepare(t.Context(), c, client.DefaultNamespace, worker.Intervals{Watch: time.Hour})
		})
	}
	require.NoError(t, workers.Wait())
	requirePrepared(t, c)

	described, err := reconcile.Describe(t.Context())
	require.NoError(t, err)
	require.True(t, described.Schedule.State.Paused, "what a person did stays")
}

func requirePrepared(t *testing.T, c client.Client) {
	t.Helper()
	known, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: client.DefaultNamespace})
	require.NoError(t, err)
	require.Equal(t, map[string]enums.IndexedValueType{
		"HerautUser":    enums.INDEXED_VALUE_TYPE_KEYWORD,
		"HerautDevices": enums.INDEXED_VALUE_TYPE_KEYWORD_LIST,
		"HerautSend":    enums.INDEXED_VALUE_TYPE_KEYWORD,
		"HerautGroup":   enums.INDEXED_VALUE_TYPE_KEYWORD,
	}, known.CustomAttributes)

	requireSchedule(t, c, "reconcile", "Reconcile", 5*time.Minute, enums.SCHEDULE_OVERLAP_POLICY_SKIP)
	requireSchedule(t, c, "watch-acceptances", "WatchAcceptances", time.Hour, enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE)
	requireSchedule(t, c, "distribute-content", "DistributeContent", 5*time.Minute, enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE)
}

func requireSchedule(t *testing.T, c client.Client, id, workflow string, every time.Duration, overlap enums.ScheduleOverlapPolicy) {
	t.Helper()
	described, err := c.ScheduleClient().GetHandle(t.Context(), id).Describe(t.Context())
	require.NoError(t, err)
	require.Len(t, described.Schedule.Spec.Intervals, 1)
	require.Equal(t, every, described.Schedule.Spec.Intervals[0].Every)
	require.Equal(t, overlap, described.Schedule.Policy.Overlap)
	action, ok := described.Schedule.Action.(*client.ScheduleWorkflowAction)
	require.True(t, ok)
	require.Equal(t, workflow, action.Workflow)
	require.Equal(t, "heraut", action.TaskQueue)
}
