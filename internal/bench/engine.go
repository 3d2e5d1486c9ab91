package bench

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// namespace is the one of `heraut serve`.
const namespace = "default"

// engine is a connection to a server's engine.
type engine struct{ sdk.Client }

func (s *server) dialEngine(ctx context.Context) (*engine, error) {
	c, err := sdk.DialContext(ctx, sdk.Options{
		HostPort: s.temporal, Namespace: namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return nil, fmt.Errorf("connecting to the engine: %w", err)
	}
	return &engine{c}, nil
}

func (e *engine) close() error {
	e.Close()
	return nil
}

// countPause is how often the engine is asked for a count; the question costs
// it more than the store's.
const countPause = 250 * time.Millisecond

// awaitRunning waits until that many users' workflows run.
func (e *engine) awaitRunning(ctx context.Context, n int) (running int, err error) {
	return e.awaitCount(ctx, "InviteUser", func(running int) bool { return running >= n })
}

// awaitCount waits until the number of running workflows of a type is as
// wished.
func (e *engine) awaitCount(ctx context.Context, kind string, done func(running int) bool) (running int, err error) {
	query := fmt.Sprintf("WorkflowType = '%s' AND ExecutionStatus = 'Running'", kind)
	for {
		got, err := e.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
		if err != nil {
			return running, fmt.Errorf("counting workflows: %w", err)
		}
		if running = int(got.Count); done(running) {
			return running, nil
		}
		if err := pause(ctx, countPause); err != nil {
			return running, err
		}
	}
}
