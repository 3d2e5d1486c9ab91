package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/taskqueue/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"heraut/activities"
	"heraut/internal/codec"
	"heraut/internal/secrets"
)

// reconciled is the history of a run of Reconcile whose activity had a name,
// with its result under the keys of a data folder, as a file.
func reconciled(t *testing.T, data, activity string) string {
	t.Helper()
	keys, err := secrets.Load(filepath.Join(data, "secrets"))
	require.NoError(t, err)
	payloads, _, err := codec.New(keys)
	require.NoError(t, err)
	result, err := payloads.ToPayloads(activities.ReconcileResult{})
	require.NoError(t, err)
	events := append([]*history.HistoryEvent{runBegan()}, runTask(2)...)
	events = append(events, runActed(5, activity, result)...)
	events = append(events, runTask(8)...)
	events = append(events, runEnded(result))
	for i, event := range events {
		event.EventId = int64(i + 1)
	}
	content, err := protojson.Marshal(&history.History{Events: events})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "history.json")
	require.NoError(t, os.WriteFile(path, content, 0o600))
	return path
}

func runBegan() *history.HistoryEvent {
	return &history.HistoryEvent{
		EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
		Attributes: &history.HistoryEvent_WorkflowExecutionStartedEventAttributes{
			WorkflowExecutionStartedEventAttributes: &history.WorkflowExecutionStartedEventAttributes{
				WorkflowType: &common.WorkflowType{Name: "Reconcile"},
				TaskQueue:    &taskqueue.TaskQueue{Name: "heraut"},
			},
		},
	}
}

// runTask is one workflow task that begins with event first.
func runTask(first int64) []*history.HistoryEvent {
	return []*history.HistoryEvent{
		{
			EventType: enums.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED,
			Attributes: &history.HistoryEvent_WorkflowTaskScheduledEventAttributes{
				WorkflowTaskScheduledEventAttributes: &history.WorkflowTaskScheduledEventAttributes{TaskQueue: &taskqueue.TaskQueue{Name: "heraut"}},
			},
		},
		{
			EventType: enums.EVENT_TYPE_WORKFLOW_TASK_STARTED,
			Attributes: &history.HistoryEvent_WorkflowTaskStartedEventAttributes{
				WorkflowTaskStartedEventAttributes: &history.WorkflowTaskStartedEventAttributes{ScheduledEventId: first},
			},
		},
		{
			EventType: enums.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
			Attributes: &history.HistoryEvent_WorkflowTaskCompletedEventAttributes{
				WorkflowTaskCompletedEventAttributes: &history.WorkflowTaskCompletedEventAttributes{ScheduledEventId: first, StartedEventId: first + 1},
			},
		},
	}
}

// runActed is one activity that begins with event first.
func runActed(first int64, activity string, result *common.Payloads) []*history.HistoryEvent {
	return []*history.HistoryEvent{
		{
			EventType: enums.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
			Attributes: &history.HistoryEvent_ActivityTaskScheduledEventAttributes{
				ActivityTaskScheduledEventAttributes: &history.ActivityTaskScheduledEventAttributes{
					ActivityId: "5", ActivityType: &common.ActivityType{Name: activity},
					TaskQueue: &taskqueue.TaskQueue{Name: "heraut"}, WorkflowTaskCompletedEventId: first - 1,
				},
			},
		},
		{
			EventType: enums.EVENT_TYPE_ACTIVITY_TASK_STARTED,
			Attributes: &history.HistoryEvent_ActivityTaskStartedEventAttributes{
				ActivityTaskStartedEventAttributes: &history.ActivityTaskStartedEventAttributes{ScheduledEventId: first},
			},
		},
		{
			EventType: enums.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
			Attributes: &history.HistoryEvent_ActivityTaskCompletedEventAttributes{
				ActivityTaskCompletedEventAttributes: &history.ActivityTaskCompletedEventAttributes{
					Result: result, ScheduledEventId: first, StartedEventId: first + 1,
				},
			},
		},
	}
}

func runEnded(result *common.Payloads) *history.HistoryEvent {
	return &history.HistoryEvent{
		EventType: enums.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
		Attributes: &history.HistoryEvent_WorkflowExecutionCompletedEventAttributes{
			WorkflowExecutionCompletedEventAttributes: &history.WorkflowExecutionCompletedEventAttributes{Result: result, WorkflowTaskCompletedEventId: 10},
		},
	}
}

func TestReplayOfAFile(t *testing.T) {
	data := migrated(t)
	assert.Contains(t, done(t, "replay", reconciled(t, data, "Reconcile"), "--data", data), "replays")

	r := cli(t, "replay", reconciled(t, data, "ReconcileInAnotherWay"), "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "does not replay")
}

func TestReplayNeedsTheKeysOfTheHistory(t *testing.T) {
	file := reconciled(t, migrated(t), "Reconcile")
	r := cli(t, "replay", file, "--data", migrated(t))
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "the secrets file has no key")
	r = cli(t, "replay", file, "--data", t.TempDir())
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "--secrets-file")
}

func TestReplayOfWhatIsNoHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history.json")
	require.NoError(t, os.WriteFile(file, []byte("[]"), 0o600))
	r := cli(t, "replay", file, "--data", migrated(t))
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "does not replay")
	r = cli(t, "replay", "no-such-workflow", "--data", migrated(t), "--temporal-address", "127.0.0.1:1")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "no Temporal answers at 127.0.0.1:1: start it, or name it with --temporal-address")
}
