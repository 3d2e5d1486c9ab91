package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"heraut/people"
	"heraut/workflows"
)

// Intervals are how often schedules run; 0 means the default, 5 minutes.
type Intervals struct {
	// Watch is how often Apple is asked who has accepted, where no notification
	// tells.
	Watch time.Duration
	// Distribute is how often licenses are given and taken back, where nothing
	// else asks for it.
	Distribute time.Duration
}

const (
	// reconcileEvery bounds how long a lost start or signal goes unnoticed.
	reconcileEvery = 5 * time.Minute
	// watchEvery bounds how long an acceptance goes unnoticed.
	watchEvery = 5 * time.Minute
	// distributeEvery bounds how long a seat that was bought stays free.
	distributeEvery = 5 * time.Minute
	// syncEvery is how often it is looked which directories have to be read: the
	// shortest time that one can be set to.
	syncEvery = people.MinSyncEvery * time.Second
	// longestRun ends a scheduled run that hangs.
	longestRun = time.Hour
)

// schedule is a workflow that the engine starts again and again. Its runs have
// the schedule's name and the time as their id.
type schedule struct {
	id       string
	every    time.Duration
	workflow any
	// overlap says what becomes of a start while the last run goes on.
	overlap enums.ScheduleOverlapPolicy
}

// schedules are all that this binary keeps.
func schedules(every Intervals) []schedule {
	return []schedule{
		{"reconcile", reconcileEvery, workflows.Reconcile, enums.SCHEDULE_OVERLAP_POLICY_SKIP},
		// A notification during a run may tell what that run no longer sees.
		{workflows.WatchSchedule, cmp.Or(every.Watch, watchEvery), workflows.WatchAcceptances, enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE},
		// Who accepts during a run may come too late for its plan.
		{workflows.DistributeSchedule, cmp.Or(every.Distribute, distributeEvery), workflows.DistributeContent, enums.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE},
		{workflows.SyncSchedule, syncEvery, workflows.SyncDirectories, enums.SCHEDULE_OVERLAP_POLICY_SKIP},
	}
}

// Schedules lists the ids of the schedules that Prepare keeps.
func Schedules() []string {
	var ids []string
	for _, s := range schedules(Intervals{}) {
		ids = append(ids, s.id)
	}
	return ids
}

// keep creates the schedule, or makes the one that is there run the same at
// the same times; what a person did to it otherwise stays.
func (s schedule) keep(ctx context.Context, c client.Client) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: s.every}}}
	action := &client.ScheduleWorkflowAction{
		ID: s.id, Workflow: s.workflow, TaskQueue: workflows.TaskQueue, WorkflowExecutionTimeout: longestRun,
	}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: s.id, Spec: spec, Action: action, Overlap: s.overlap, CatchupWindow: time.Minute,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		if err != nil {
			return fmt.Errorf("creating schedule %s: %w", s.id, err)
		}
		return nil
	}
	err = c.ScheduleClient().GetHandle(ctx, s.id).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec, in.Description.Schedule.Action = &spec, action
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("updating schedule %s: %w", s.id, err)
	}
	return nil
}
