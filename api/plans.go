package api

import (
	"context"
	"errors"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// CreatePlan answers POST /v1/plans.
func (h *handlers) CreatePlan(ctx context.Context, r CreatePlanRequestObject) (CreatePlanResponseObject, error) {
	plan, err := h.createPlan(ctx, *r.Body)
	if err != nil {
		return nil, err
	}
	body, err := h.showPlan(ctx, plan)
	if err != nil {
		return nil, err
	}
	tag, err := etagOfContent(body)
	return CreatePlan201JSONResponse{
		Body: body, Headers: CreatePlan201ResponseHeaders{ETag: tag, Location: "/v1/plans/" + plan.ID},
	}, err
}

func (h *handlers) createPlan(ctx context.Context, body PlanCreate) (invitation.Plan, error) {
	if id, made := madeBefore(ctx, "plan"); made {
		return h.d.Plans.Plan(ctx, id)
	}
	request, err := h.planRequest(ctx, body)
	if err != nil {
		return invitation.Plan{}, err
	}
	return h.d.Plans.CreatePlan(ctx, actor(ctx), request)
}

// planRequest checks what the contract can not say and fills in the defaults.
func (h *handlers) planRequest(ctx context.Context, body PlanCreate) (invitation.Request, error) {
	r := invitation.Request{
		UserID: valueOf(body.UserID), GroupID: valueOf(body.GroupID), DeviceIDs: valueOf(body.DeviceIds),
		Audience: invitation.NotEnrolled,
	}
	var fields []fault.Field
	switch {
	case r.UserID == "" && r.GroupID == "":
		fields = append(fields, fault.Field{Pointer: "/user_id", Message: "Give a user_id or a group_id."})
	case r.UserID != "" && r.GroupID != "":
		fields = append(fields, fault.Field{Pointer: "/group_id", Message: "Give a user_id or a group_id, not both."})
	}
	if len(r.DeviceIDs) > 0 && r.UserID == "" {
		fields = append(fields, fault.Field{Pointer: "/device_ids", Message: "Devices can be chosen for a user only."})
	}
	if len(fields) > 0 {
		return r, fault.Invalid(fields...)
	}
	if body.Audience != nil {
		r.Audience = invitation.Audience(*body.Audience)
	}
	if body.Channel != nil {
		r.Policy = invitation.Policy(*body.Channel)
		return r, nil
	}
	defaults, _, err := settings.ReadInvitations(ctx, h.d.Settings)
	r.Policy = defaults.DefaultChannel
	return r, err
}

// GetPlan answers GET /v1/plans/{id}.
func (h *handlers) GetPlan(ctx context.Context, r GetPlanRequestObject) (GetPlanResponseObject, error) {
	plan, err := h.d.Plans.Plan(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	body, err := h.showPlan(ctx, plan)
	if err != nil {
		return nil, err
	}
	tag, err := etagOfContent(body)
	return GetPlan200JSONResponse{Body: body, Headers: GetPlan200ResponseHeaders{ETag: tag}}, err
}

// ListPlanTargets answers GET /v1/plans/{id}/targets.
func (h *handlers) ListPlanTargets(ctx context.Context, r ListPlanTargetsRequestObject) (ListPlanTargetsResponseObject, error) {
	if _, err := h.d.Plans.Plan(ctx, r.ID); err != nil {
		return nil, err
	}
	p, err := h.page("targets", r.ID, r.Params.Limit, r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	page, err := h.d.Plans.PlanTargets(ctx, r.ID, p.after, p.limit)
	if err != nil {
		return nil, err
	}
	next, err := p.next(page.Next)
	return ListPlanTargets200JSONResponse{Items: shown(page.Items, showTarget), NextCursor: next}, err
}

// SendPlan answers POST /v1/plans/{id}/send.
func (h *handlers) SendPlan(ctx context.Context, r SendPlanRequestObject) (SendPlanResponseObject, error) {
	frozen, _, err := settings.ReadInvitations(ctx, h.d.Settings)
	if err != nil {
		return nil, err
	}
	send, fresh, err := h.d.Plans.SendPlan(ctx, actor(ctx), r.ID, r.Body.Digest, frozen.Freeze())
	if err != nil {
		return nil, h.withDifference(ctx, err)
	}
	if _, made := madeBefore(ctx, "send"); fresh || made {
		h.office.Sent(ctx, send)
		return SendPlan202JSONResponse{Body: showSend(send), Headers: SendPlan202ResponseHeaders{Location: "/v1/sends/" + send.ID}}, nil
	}
	return SendPlan200JSONResponse{Body: showSend(send), Headers: SendPlan200ResponseHeaders{Location: "/v1/sends/" + send.ID}}, nil
}

// withDifference shows what is stale beside the fault.
func (h *handlers) withDifference(ctx context.Context, err error) error {
	stale, ok := errors.AsType[*invitation.StaleError](err)
	if !ok {
		return err
	}
	plan, unread := h.showPlan(ctx, stale.Fresh)
	if unread != nil {
		return unread
	}
	f := *asFault(err)
	f.Details = map[string]any{
		"plan": plan,
		"difference": Difference{
			Added: shown(stale.Difference.Added, showTarget), Removed: shown(stale.Difference.Removed, showTarget),
			AddedCount: stale.Difference.AddedCount, RemovedCount: stale.Difference.RemovedCount,
		},
	}
	return &f
}

// showPlan adds what the plan's users will need.
func (h *handlers) showPlan(ctx context.Context, p invitation.Plan) (Plan, error) {
	forecast, err := h.d.Content.ForecastLicenses(ctx, p.ID)
	plan := planOf(p)
	plan.Licenses = shown(forecast, showForecast)
	return plan, err
}

func planOf(p invitation.Plan) Plan {
	reasons := map[string]int{}
	for reason, n := range p.Totals.Skipped {
		if n > 0 {
			reasons[string(reason)] = n
		}
	}
	by := p.Totals.ByChannel
	return Plan{
		ID: p.ID, Digest: p.Digest, UserID: orNull[NullableID](p.Request.UserID), GroupID: orNull[NullableID](p.Request.GroupID),
		Audience: Audience(p.Request.Audience), Channel: ChannelPolicy(p.Request.Policy),
		Invitations: p.Totals.Invitations, Users: p.Totals.Users, Messages: p.Totals.Messages, Silent: p.Totals.Silent,
		ByChannel: ByChannel{Mdm: by[invitation.ChannelMDM], Alert: by[invitation.ChannelAlert], Mail: by[invitation.ChannelMail]},
		Skipped:   shown(p.Skipped, showSkip), SkippedCounts: reasons,
		CreatedAt: p.CreatedAt.UTC(), ExpiresAt: p.ExpiresAt.UTC(), SendID: orNull[NullableID](p.SendID),
	}
}

func showSkip(s invitation.Skip) Skip {
	return Skip{UserID: s.UserID, DeviceID: orNull[NullableID](s.DeviceID), Reason: SkipReason(s.Reason)}
}

func showTarget(t invitation.Target) Target {
	return Target{UserID: t.UserID, DeviceID: orNull[NullableID](t.DeviceID), Channel: Channel(t.Channel)}
}
