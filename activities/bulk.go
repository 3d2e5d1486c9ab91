package activities

import (
	"context"
	"fmt"
)

// BulkInput names a bulk action.
type BulkInput struct {
	BulkID string `json:"bulk_id"`
}

// bulkStep is how many invitations one step acts on.
const bulkStep = 200

// Bulk acts on every invitation of a bulk action, step by step. Killed in the
// middle, it goes on from the last step; held back by a restore, it is tried
// again every minute.
func (a *Activities) Bulk(ctx context.Context, in BulkInput) error {
	defer heartbeat(ctx)()
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("stopping bulk action %s: %w", in.BulkID, context.Cause(ctx))
		}
		step, err := a.Ledger.StepBulk(ctx, in.BulkID, bulkStep)
		if err != nil {
			return wrap(err, "acting in bulk %s", in.BulkID)
		}
		if step.Held {
			return heldBack()
		}
		if err := a.wakeAll(ctx, step.Wake); err != nil {
			return err
		}
		for _, send := range step.Sends {
			if err := a.Users.WakeGroup(ctx, send); err != nil {
				return wrap(err, "waking send %s", send)
			}
		}
		if step.Finished {
			return nil
		}
	}
}
