package api

import (
	"context"
	"log/slog"
)

// handlers has a method for each operation of the contract. They neither know
// HTTP nor echo: errors are faults, roles and forms were checked before.
type handlers struct {
	d   Dependencies
	log *slog.Logger
}

var _ StrictServerInterface = (*handlers)(nil)

// wakeUser tells a user's workflow to look. The store has decided already: an
// engine that is away hears of it from the Reconcile schedule.
func (h *handlers) wakeUser(ctx context.Context, userID string) {
	if userID == "" {
		return
	}
	if err := h.d.Engine.WakeUser(ctx, userID); err != nil {
		h.later(ctx, "waking a user's workflow", err)
	}
}

// wakeSends tells group sends' workflows to look.
func (h *handlers) wakeSends(ctx context.Context, sendIDs ...string) {
	for _, id := range sendIDs {
		if err := h.d.Engine.WakeGroup(ctx, id); err != nil {
			h.later(ctx, "waking a send's workflow", err)
		}
	}
}

func (h *handlers) later(ctx context.Context, what string, err error) {
	h.log.WarnContext(ctx, "left to Reconcile", "step", what, "request_id", requestID(ctx), "error", err)
}
