package workflows_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"heraut/activities"
	"heraut/workflows"
)

func TestWatchTellsWhatItFound(t *testing.T) {
	env := newEnvironment(t)
	want := activities.WatchResult{Enrolled: 2, Retired: 1, Registered: 3}
	env.OnActivity(do.WatchAcceptances, mock.Anything).Return(activities.WatchResult{}, errAway).Times(3)
	env.OnActivity(do.WatchAcceptances, mock.Anything).Return(want, nil).Once()

	env.ExecuteWorkflow("WatchRun")

	requireCompleted(t, env)
	var result activities.WatchResult
	require.NoError(t, env.GetWorkflowResult(&result))
	require.Equal(t, want, result)
}

// schedules plays an engine that notes when a schedule is triggered. What a
// test does not expect to be asked panics.
type schedules struct {
	client.ScheduleClient

	triggered []time.Duration
	began     time.Time
}

type engineOf struct {
	client.Client

	schedules *schedules
}

func (e engineOf) ScheduleClient() client.ScheduleClient { return e.schedules }

func (s *schedules) GetHandle(_ context.Context, id string) client.ScheduleHandle {
	return handle{schedules: s, id: id}
}

type handle struct {
	client.ScheduleHandle

	schedules *schedules
	id        string
}

func (h handle) Trigger(ctx context.Context, o client.ScheduleTriggerOptions) error {
	if h.id != workflows.WatchSchedule || o.Overlap != enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE {
		panic("another trigger")
	}
	h.schedules.triggered = append(h.schedules.triggered, time.Since(h.schedules.began))
	return ctx.Err()
}

// TestWatchNowIsHeardAndSparing: of many calls few come through, the last of
// them after every call.
func TestWatchNowIsHeardAndSparing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &schedules{began: time.Now()}
		c := &workflows.Client{Temporal: engineOf{schedules: s}}
		hurried, cancel := context.WithCancel(t.Context())
		for range 5 {
			require.NoError(t, c.WatchNow(hurried))
		}
		cancel() // the request that told is over; the look is not
		<-time.After(500 * time.Millisecond)
		require.NoError(t, c.WatchNow(t.Context()))
		<-time.After(time.Second)
		require.Equal(t, []time.Duration{0, time.Second}, s.triggered)
		require.NoError(t, c.WatchNow(t.Context()))
		<-time.After(time.Minute)
		require.NoError(t, c.WatchNow(t.Context()))
		require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second, time.Minute + 1500*time.Millisecond}, s.triggered)
	})
}
