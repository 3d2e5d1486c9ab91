package api

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// changeSend and changeInvitation are methods of the store that change one thing.
type (
	changeSend       func(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	changeInvitation func(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error)
)

// ListInvitations answers GET /v1/invitations.
func (h *handlers) ListInvitations(ctx context.Context, r ListInvitationsRequestObject) (ListInvitationsResponseObject, error) {
	items, next, err := h.listInvitations(ctx, "invitations", h.d.Invitations.ListInvitations, filterOf(r.Params), r.Params.Limit, r.Params.Cursor)
	return ListInvitations200JSONResponse{Items: shown(items, showInvitation), NextCursor: next}, err
}

// filterOf reads a query's filters.
func filterOf(p ListInvitationsParams) invitation.Filter {
	return invitation.Filter{
		State: invitation.State(valueOf(p.State)), UserID: valueOf(p.UserID), GroupID: valueOf(p.GroupID),
		SendID: valueOf(p.SendID), DeviceID: valueOf(p.DeviceID), Channel: invitation.Channel(valueOf(p.Channel)),
		WaitingFor: invitation.WaitingFor(valueOf(p.WaitingFor)), Query: valueOf(p.Q),
		CreatedBefore: valueOf(p.CreatedBefore).UTC(), CreatedAfter: valueOf(p.CreatedAfter).UTC(), Marked: valueOf(p.Marked),
	}
}

// lister is one of the store's orders of invitations.
type lister func(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)

func (h *handlers) listInvitations(ctx context.Context, name string, list lister, f invitation.Filter, limit *int32, cursor *string,
) ([]invitation.Invitation, nullable.Nullable[string], error) {
	p, err := h.page(name, f, limit, cursor)
	if err != nil {
		return nil, nil, err
	}
	page, err := list(ctx, f, p.after, p.limit)
	if err != nil {
		return nil, nil, err
	}
	next, err := p.next(page.Next)
	return page.Items, next, err
}

// GetInvitation answers GET /v1/invitations/{id}.
func (h *handlers) GetInvitation(ctx context.Context, r GetInvitationRequestObject) (GetInvitationResponseObject, error) {
	one, err := h.d.Invitations.Invitation(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	events, err := h.d.Invitations.Timeline(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	body := showDetail(one, events)
	tag, err := etagOfContent(body)
	return GetInvitation200JSONResponse{Body: body, Headers: GetInvitation200ResponseHeaders{ETag: tag}}, err
}

// AcceptInvitation answers POST /v1/invitations/{id}/accept.
func (h *handlers) AcceptInvitation(ctx context.Context, r AcceptInvitationRequestObject) (AcceptInvitationResponseObject, error) {
	if err := h.acceptsHere(ctx, r.ID); err != nil {
		return nil, err
	}
	one, err := h.onceInvitation(ctx, r.ID, h.answer(invitation.Accept))
	return AcceptInvitation202JSONResponse(showInvitation(one)), err
}

// acceptsHere refuses to accept for a user while Apple alone decides.
func (h *handlers) acceptsHere(ctx context.Context, id string) error {
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	if err != nil || len(tokens) == 0 {
		return err
	}
	if _, err := h.d.Invitations.Invitation(ctx, id); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "A content token is installed: Apple decides who accepted, and the user accepts with an Apple Account.")
}

// DeclineInvitation answers POST /v1/invitations/{id}/decline.
func (h *handlers) DeclineInvitation(ctx context.Context, r DeclineInvitationRequestObject) (DeclineInvitationResponseObject, error) {
	one, err := h.onceInvitation(ctx, r.ID, h.answer(invitation.Decline))
	return DeclineInvitation202JSONResponse(showInvitation(one)), err
}

func (h *handlers) answer(a invitation.Answer) changeInvitation {
	return func(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
		return h.d.Invitations.Answer(ctx, id, a, actor, invitation.SourceAPI)
	}
}

// CancelInvitation answers POST /v1/invitations/{id}/cancel.
func (h *handlers) CancelInvitation(ctx context.Context, r CancelInvitationRequestObject) (CancelInvitationResponseObject, error) {
	one, err := h.onceInvitation(ctx, r.ID, h.d.Invitations.CancelInvitation)
	return CancelInvitation202JSONResponse(showInvitation(one)), err
}

// ResendInvitation answers POST /v1/invitations/{id}/resend.
func (h *handlers) ResendInvitation(ctx context.Context, r ResendInvitationRequestObject) (ResendInvitationResponseObject, error) {
	batch := newBatch()
	one, err := h.onceInvitation(ctx, r.ID, func(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error) {
		return h.d.Invitations.ResendInvitation(ctx, actor, id, batch)
	})
	return ResendInvitation202JSONResponse(showInvitation(one)), err
}

// ExtendInvitation answers POST /v1/invitations/{id}/extend.
func (h *handlers) ExtendInvitation(ctx context.Context, r ExtendInvitationRequestObject) (ExtendInvitationResponseObject, error) {
	one, err := h.onceInvitation(ctx, r.ID, h.d.Invitations.ExtendInvitation)
	return ExtendInvitation202JSONResponse(showInvitation(one)), err
}

// onceInvitation changes an invitation, unless this very request did so and
// lost its answer, and wakes who waits for it.
func (h *handlers) onceInvitation(ctx context.Context, id string, change changeInvitation) (invitation.Invitation, error) {
	made, done := madeBefore(ctx, "invitation")
	if !done || made != id {
		decided, err := change(ctx, actor(ctx), id)
		if err != nil {
			return invitation.Invitation{}, err
		}
		h.office.SendsSettled(ctx, decided.SettledSends...)
	}
	one, err := h.d.Invitations.Invitation(ctx, id)
	if err != nil {
		return one, err
	}
	h.office.UserChanged(ctx, one.User.ID)
	return one, nil
}

func showInvitation(i invitation.Invitation) Invitation {
	return Invitation{
		ID: i.ID, User: Person{ID: i.User.ID, FullName: i.User.FullName}, Device: showDeviceName(i.Device),
		Channel: Channel(i.Channel), State: InvitationState(i.State), Attempts: i.Attempts,
		WaitingFor: orNull[WaitingFor](i.WaitingFor), NextActionAt: timeOrNull(i.NextActionAt),
		LastAnswer: orNull[string](i.LastAnswer), CreatedAt: i.CreatedAt.UTC(), SentAt: timeOrNull(i.SentAt),
		ExpiresAt: timeOrNull(i.ExpiresAt), SettledAt: timeOrNull(i.SettledAt), WorkflowID: i.WorkflowID,
		SendIds: shown(i.SendIDs, func(id string) ID { return id }), NewLinkAsked: i.Marked,
	}
}

func showDeviceName(d *invitation.DeviceName) nullable.Nullable[DeviceName] {
	if d == nil {
		return nullable.NewNullNullable[DeviceName]()
	}
	return nullable.NewNullableWithValue(DeviceName{ID: d.ID, Name: d.Name, Platform: Platform(d.Platform)})
}

func showDetail(i invitation.Invitation, events []invitation.Event) InvitationDetail {
	s := showInvitation(i)
	return InvitationDetail{
		ID: s.ID, User: s.User, Device: s.Device, Channel: s.Channel, State: s.State, Attempts: s.Attempts,
		WaitingFor: s.WaitingFor, NextActionAt: s.NextActionAt, LastAnswer: s.LastAnswer, CreatedAt: s.CreatedAt,
		SentAt: s.SentAt, ExpiresAt: s.ExpiresAt, SettledAt: s.SettledAt, WorkflowID: s.WorkflowID,
		SendIds: s.SendIds, NewLinkAsked: s.NewLinkAsked, Timeline: shown(events, showEvent),
	}
}

func showEvent(e invitation.Event) Event {
	return Event{
		At: e.At.UTC(), What: e.What, Channel: orNull[EventChannel](e.Channel),
		Answer: orNull[string](e.Answer), Actor: orNull[string](e.Actor),
	}
}
