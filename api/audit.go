package api

import (
	"context"
	"fmt"

	"heraut/people"
)

// ListAudit answers GET /v1/audit.
func (h *handlers) ListAudit(ctx context.Context, r ListAuditRequestObject) (ListAuditResponseObject, error) {
	target := valueOf(r.Params.ObjectID)
	p, err := h.page("audit", target, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Audit.ListAudit(ctx, people.AuditFilter{TargetID: target}, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	items := make([]AuditEntry, len(page.Items))
	for i, e := range page.Items {
		if items[i], err = showAudit(e); err != nil {
			return nil, err
		}
	}
	next, err := p.next(page.Next)
	return ListAudit200JSONResponse{Items: items, NextCursor: next}, err
}

func showAudit(e people.AuditEntry) (AuditEntry, error) {
	before, err := document(e.Was)
	if err != nil {
		return AuditEntry{}, fmt.Errorf("reading audit entry %d: %w", e.Seq, err)
	}
	after, err := document(e.Became)
	if err != nil {
		return AuditEntry{}, fmt.Errorf("reading audit entry %d: %w", e.Seq, err)
	}
	return AuditEntry{
		ID: e.Seq, At: e.At.UTC(), What: e.Action, Object: e.TargetKind, ObjectID: e.TargetID, Before: before, After: after,
		Actor: Actor{Kind: ActorKind(e.Actor.Kind), ID: orNull[string](e.Actor.ID), Name: orNull[string](e.Actor.Name)},
	}, nil
}
