package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// Reconcile mends what a lost start, a lost signal or a person in the Temporal
// UI has left behind. A schedule starts it.
func Reconcile(ctx workflow.Context) (activities.ReconcileResult, error) {
	var result activities.ReconcileResult
	options := storeOptions(ctx, "Compare the store with the engine")
	if err := workflow.ExecuteActivity(options, do.Reconcile).Get(ctx, &result); err != nil {
		return result, fmt.Errorf("reconciling: %w", err)
	}
	return result, nil
}
