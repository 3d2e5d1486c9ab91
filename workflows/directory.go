package workflows

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// SyncSchedule is the id of the schedule that looks which directories have to
// be read.
const SyncSchedule = "sync-directories"

// SyncWorkflowID is the id of the workflow that reads a directory: one at a time.
func SyncWorkflowID(directoryID string) string { return "sync-directory-" + directoryID }

// SyncDirectories starts a look at each directory whose time has come. How
// often that is, is the directory's own setting.
func SyncDirectories(ctx workflow.Context) (activities.DueResult, error) {
	var result activities.DueResult
	options := storeOptions(ctx, "Look which directories have to be read")
	if err := workflow.ExecuteActivity(options, do.StartDueSyncs).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("looking which directories have to be read: %w", err)
	}
	return result, nil
}

// SyncDirectory reads one directory. A look signal that comes while it reads may
// mean a run that was begun after the one it reads for had ended: it goes on
// until none has come.
func SyncDirectory(ctx workflow.Context, in activities.DirectoryInput) (activities.SyncResult, error) {
	looks := workflow.GetSignalChannel(ctx, LookSignalName)
	looked(looks)
	for {
		result, err := readDirectory(ctx, in)
		if err != nil || !looked(looks) {
			return result, err
		}
		in.Begin = false
	}
}

// looked takes the signals that have come, and tells whether there were any.
func looked(looks workflow.ReceiveChannel) (came bool) {
	for looks.ReceiveAsync(nil) {
		came = true
	}
	return came
}

func readDirectory(ctx workflow.Context, in activities.DirectoryInput) (activities.SyncResult, error) {
	var result activities.SyncResult
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour, // a slow server with a few hundred thousand people; it heartbeats
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retries(),
		Summary:             "Read people and groups",
	})
	if err := workflow.ExecuteActivity(options, do.SyncDirectory, in).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("reading directory %s: %w", in.DirectoryID, err)
	}
	return result, nil
}

// StartSync begins a look at a directory; one that is under way is no error.
func (c *Client) StartSync(ctx context.Context, directoryID string) error {
	options := syncOptions(directoryID)
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL
	options.WorkflowExecutionErrorWhenAlreadyStarted = true
	options.EnableEagerStart = true
	return c.startOnce(ctx, options, SyncDirectory, activities.DirectoryInput{DirectoryID: directoryID, Begin: true})
}

// SyncNow has a directory's run read that the store has begun, by the workflow
// that reads for an earlier one where that has not ended yet.
func (c *Client) SyncNow(ctx context.Context, directoryID string) error {
	options := syncOptions(directoryID)
	_, err := c.Temporal.SignalWithStartWorkflow(ctx, options.ID, LookSignalName, nil, options, SyncDirectory,
		activities.DirectoryInput{DirectoryID: directoryID})
	return wrap(err, "signalling %s", options.ID)
}

func syncOptions(directoryID string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID: SyncWorkflowID(directoryID), TaskQueue: TaskQueue, WorkflowIDReusePolicy: enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}
}
