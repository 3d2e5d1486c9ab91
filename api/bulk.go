package api

import (
	"context"

	"github.com/google/uuid"

	"heraut/invitation"
)

// newBatch names one occasion of resending.
func newBatch() string { return uuid.Must(uuid.NewV7()).String() }

// BulkInvitations answers POST /v1/invitations/bulk.
func (h *handlers) BulkInvitations(ctx context.Context, r BulkInvitationsRequestObject) (BulkInvitationsResponseObject, error) {
	f := r.Body.Filter
	filter := filterOf(ListInvitationsParams{
		State: f.State, UserID: f.UserID, GroupID: f.GroupID, SendID: f.SendID, DeviceID: f.DeviceID, Channel: f.Channel, WaitingFor: f.WaitingFor,
		Q: f.Q, CreatedBefore: f.CreatedBefore, CreatedAfter: f.CreatedAfter, Marked: f.Marked,
	})
	if valueOf(r.Body.DryRun) {
		count, err := h.d.Invitations.CountInvitations(ctx, filter)
		return BulkInvitations200JSONResponse{Count: count}, err
	}
	bulk, err := h.createBulk(ctx, invitation.Action(r.Body.Action), filter)
	if err != nil {
		return nil, err
	}
	h.office.BulkMade(ctx, bulk)
	return BulkInvitations202JSONResponse{
		Body: showBulk(bulk), Headers: BulkInvitations202ResponseHeaders{Location: "/v1/invitations/bulk/" + bulk.ID},
	}, nil
}

func (h *handlers) createBulk(ctx context.Context, a invitation.Action, f invitation.Filter) (invitation.Bulk, error) {
	if id, made := madeBefore(ctx, "bulk"); made {
		return h.d.Bulk.Bulk(ctx, id)
	}
	return h.d.Bulk.CreateBulk(ctx, actor(ctx), a, f)
}

// GetBulkJob answers GET /v1/invitations/bulk/{id}.
func (h *handlers) GetBulkJob(ctx context.Context, r GetBulkJobRequestObject) (GetBulkJobResponseObject, error) {
	bulk, err := h.d.Bulk.Bulk(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	body := showBulk(bulk)
	tag, err := etagOfContent(body)
	return GetBulkJob200JSONResponse{Body: body, Headers: GetBulkJob200ResponseHeaders{ETag: tag}}, err
}

func showBulk(b invitation.Bulk) BulkJob {
	state := JobStateRunning
	if !b.FinishedAt.IsZero() {
		state = JobStateDone
	}
	return BulkJob{
		ID: b.ID, State: state, Action: BulkAction(b.Action), Count: b.Count, Done: b.Done, Skipped: b.Skipped,
		CreatedAt: b.CreatedAt.UTC(), FinishedAt: timeOrNull(b.FinishedAt),
	}
}
