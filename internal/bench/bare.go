package bench

import (
	"context"
	"fmt"
	"time"

	sdk "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
	"golang.org/x/sync/errgroup"
)

// bareQueue is the queue of the bare workflow, which no worker of Heraut's
// listens on.
const bareQueue = "heraut-bench"

// bare is the least that a durable invitation could be: one activity to
// deliver, one to record. Neither does anything.
func bare(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: time.Minute})
	for range 2 {
		if err := workflow.ExecuteActivity(ctx, nothing).Get(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}

func nothing(context.Context) error { return nil }

// sideBySide is how many calls are under way at once.
const sideBySide = 16

// bareRate runs n bare workflows and returns how many ended a second.
func (e *engine) bareRate(ctx context.Context, n int, name string) (float64, error) {
	w := worker.New(e.Client, bareQueue, worker.Options{})
	w.RegisterWorkflowWithOptions(bare, workflow.RegisterOptions{Name: "Bare"})
	w.RegisterActivity(nothing)
	if err := w.Start(); err != nil {
		return 0, fmt.Errorf("starting a worker: %w", err)
	}
	defer w.Stop()
	begun := time.Now()
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	for i := range n {
		group.Go(func() error {
			options := sdk.StartWorkflowOptions{ID: fmt.Sprintf("%s-%d", name, i), TaskQueue: bareQueue, EnableEagerStart: true}
			_, err := e.ExecuteWorkflow(groupCtx, options, "Bare")
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, fmt.Errorf("starting bare workflows: %w", err)
	}
	if err := e.lastEnds(ctx, name, n); err != nil {
		return 0, err
	}
	_, err := e.awaitCount(ctx, "Bare", func(running int) bool { return running == 0 })
	return float64(n) / time.Since(begun).Seconds(), err
}

// lastEnds waits for the last workflow, so that counting begins late.
func (e *engine) lastEnds(ctx context.Context, name string, n int) error {
	last := fmt.Sprintf("%s-%d", name, n-1)
	if err := e.GetWorkflow(ctx, last, "").Get(ctx, nil); err != nil {
		return fmt.Errorf("waiting for %s: %w", last, err)
	}
	return nil
}
