package workflows

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// DistributeSchedule is the id of the schedule that gives licenses.
const DistributeSchedule = "distribute-content"

// DistributeContent gives enrolled users the apps and books that they are
// promised, and takes back what they are not. A schedule starts it, and whoever
// changes who is promised what.
func DistributeContent(ctx workflow.Context) (activities.Distributed, error) {
	var result activities.Distributed
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: time.Hour, // Apple takes up to half a minute for a thousand licenses; it heartbeats
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retries(),
		Summary:             "Give and take back licenses",
	})
	if err := workflow.ExecuteActivity(options, do.Distribute).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("distributing content: %w", err)
	}
	return result, nil
}

// DistributeNow makes Heraut give and take back licenses at once. While it
// does, or within a second of the last call, one more run follows.
func (c *Client) DistributeNow(ctx context.Context) error {
	return c.triggerNow(ctx, DistributeSchedule)
}
