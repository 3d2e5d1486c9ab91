package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// Bulk resends, cancels or extends every invitation of a bulk action.
func Bulk(ctx workflow.Context, in activities.BulkInput) error {
	options := storeOptions(ctx, "Act on every matching invitation")
	if err := workflow.ExecuteActivity(options, do.Bulk, in).Get(ctx, nil); err != nil {
		return fmt.Errorf("acting in bulk: %w", err)
	}
	return nil
}
