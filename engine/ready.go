package engine

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc/health/grpc_health_v1"
)

// frontendService is the name under which the server reports its health.
const frontendService = "temporal.api.workflowservice.v1.WorkflowService"

// pollEvery is how often a start asks whether the server is ready.
const pollEvery = 5 * time.Millisecond

// Ready tells whether the engine takes calls now: nil if so. Give ctx a
// deadline of a second or so.
func (e *Engine) Ready(ctx context.Context) error {
	answer, err := grpc_health_v1.NewHealthClient(e.conn).Check(ctx,
		&grpc_health_v1.HealthCheckRequest{Service: frontendService})
	if err != nil {
		return fmt.Errorf("asking the engine for its health: %w", err)
	}
	if status := answer.GetStatus(); status != grpc_health_v1.HealthCheckResponse_SERVING {
		return fmt.Errorf("the engine is %s", status)
	}
	return nil
}

func (e *Engine) awaitReady(ctx context.Context) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		err := e.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case fatal := <-e.failed:
			return fmt.Errorf("starting the engine: %w", fatal)
		case <-ctx.Done():
			return fmt.Errorf("waiting for the engine: %w", err)
		case <-ticker.C:
		}
	}
}
