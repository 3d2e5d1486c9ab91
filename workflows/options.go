package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// do gives type-checked references to activities; it is never called through.
var do *activities.Activities

// retries go on until they succeed: time, not count, ends an invitation. The
// slowest pace is a minute, so that work resumes soon after a fault is mended.
func retries() *temporal.RetryPolicy {
	return &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute}
}

// heartbeatTimeout is how soon the work of a worker that died is taken over.
// Activities heartbeat every few seconds from a goroutine of their own, so a
// slow server or database does not look like a death.
const heartbeatTimeout = 15 * time.Second

// deliverOptions are for the activities that send.
func deliverOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Hour, // a page behind a strict limit a minute takes long; it heartbeats
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retries(),
		Summary:             summary,
	})
}

// storeOptions are for activities that touch the store and the engine only.
func storeOptions(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute, // waking a send of 100,000 users
		HeartbeatTimeout:    heartbeatTimeout,
		RetryPolicy:         retries(),
		Summary:             summary,
	})
}

// localOptions are for database-only steps: three quick tries; a regular
// activity with backoff follows, so that a workflow task never hangs.
func localOptions(ctx workflow.Context) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: 5 * time.Second,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumAttempts: 3},
	})
}
