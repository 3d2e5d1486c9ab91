package api

import (
	"context"

	"heraut/invitation"
	"heraut/settings"
)

// ListSends answers GET /v1/sends.
func (h *handlers) ListSends(ctx context.Context, r ListSendsRequestObject) (ListSendsResponseObject, error) {
	p, err := h.page("sends", nil, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Sends.ListSends(ctx, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListSends200JSONResponse{Items: shown(page.Items, showSend), NextCursor: next}, err
}

// GetSend answers GET /v1/sends/{id}.
func (h *handlers) GetSend(ctx context.Context, r GetSendRequestObject) (GetSendResponseObject, error) {
	send, err := h.d.Sends.Send(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	body := showSend(send)
	if body.Rate, err = h.mailRate(ctx); err != nil {
		return nil, err
	}
	tag, err := etagOfContent(body)
	return GetSend200JSONResponse{Body: body, Headers: GetSend200ResponseHeaders{ETag: tag}}, err
}

// mailRate tells how fast mail may leave at this moment.
func (h *handlers) mailRate(ctx context.Context) (*MailRate, error) {
	mail, _, err := settings.ReadMail(ctx, h.d.Settings)
	if err != nil {
		return nil, err
	}
	route, err := h.d.Sends.RouteState(ctx, invitation.RouteMail)
	if err != nil {
		return nil, err
	}
	return &MailRate{PerMinute: mail.PerMinute, PausedUntil: timeOrNull(route.PausedUntil())}, nil
}

// CancelSend answers POST /v1/sends/{id}/cancel.
func (h *handlers) CancelSend(ctx context.Context, r CancelSendRequestObject) (CancelSendResponseObject, error) {
	send, err := h.onceSend(ctx, r.ID, h.d.Sends.CancelSend)
	return CancelSend202JSONResponse(showSend(send)), err
}

// PauseSend answers POST /v1/sends/{id}/pause.
func (h *handlers) PauseSend(ctx context.Context, r PauseSendRequestObject) (PauseSendResponseObject, error) {
	send, err := h.onceSend(ctx, r.ID, h.d.Sends.PauseSend)
	return PauseSend202JSONResponse(showSend(send)), err
}

// ResumeSend answers POST /v1/sends/{id}/resume.
func (h *handlers) ResumeSend(ctx context.Context, r ResumeSendRequestObject) (ResumeSendResponseObject, error) {
	send, err := h.onceSend(ctx, r.ID, h.d.Sends.ResumeSend)
	return ResumeSend202JSONResponse(showSend(send)), err
}

// onceSend changes a send, unless this very request did so and lost its answer,
// and wakes its workflow.
func (h *handlers) onceSend(ctx context.Context, id string, change changeSend) (invitation.Send, error) {
	var send invitation.Send
	var err error
	if made, done := madeBefore(ctx, "send"); done && made == id {
		send, err = h.d.Sends.Send(ctx, id)
	} else {
		send, err = change(ctx, actor(ctx), id)
	}
	if err != nil {
		return send, err
	}
	h.office.SendChanged(ctx, send)
	return send, nil
}

func showSend(s invitation.Send) Send {
	n := s.Counts
	return Send{
		ID: s.ID, PlanID: s.PlanID, UserID: orNull[NullableID](s.UserID), GroupID: orNull[NullableID](s.GroupID),
		State: SendState(s.State), WorkflowID: s.WorkflowID, CreatedAt: s.CreatedAt.UTC(), SettledAt: timeOrNull(s.SettledAt),
		Counts: InvitationCounts{
			Queued: n[invitation.Queued], Sent: n[invitation.Sent], Shown: n[invitation.Shown],
			Accepted: n[invitation.Accepted], Declined: n[invitation.Declined], Expired: n[invitation.Expired],
			Cancelled: n[invitation.Cancelled], Failed: n[invitation.Failed],
		},
	}
}
