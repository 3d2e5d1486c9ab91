package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// WatchSchedule is the id of the schedule that looks at Apple.
const WatchSchedule = "watch-acceptances"

// WatchAcceptances learns from Apple who has accepted. A schedule starts it, and
// whoever hears that there is something to learn.
func WatchAcceptances(ctx workflow.Context) (activities.WatchResult, error) {
	var result activities.WatchResult
	options := workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Minute, // all users of a large location, within Apple's limits; it heartbeats
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retries(),
		Summary:             "Ask Apple who has accepted",
	})
	if err := workflow.ExecuteActivity(options, do.WatchAcceptances).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("watching acceptances: %w", err)
	}
	return result, nil
}
