package api

import (
	"context"

	"heraut/invitation"
)

// ListActiveTasks answers GET /v1/tasks/active.
func (h *handlers) ListActiveTasks(ctx context.Context, r ListActiveTasksRequestObject) (ListActiveTasksResponseObject, error) {
	filter := invitation.Filter{
		UserID: valueOf(r.Params.UserID), GroupID: valueOf(r.Params.GroupID),
		SendID: valueOf(r.Params.SendID), DeviceID: valueOf(r.Params.DeviceID),
	}
	items, next, err := h.listInvitations(ctx, "active tasks", h.d.Invitations.ListActive, filter, r.Params.Limit, r.Params.Cursor)
	return ListActiveTasks200JSONResponse{Items: shown(items, showTask), NextCursor: next}, err
}

// ListCompletedTasks answers GET /v1/tasks/completed.
func (h *handlers) ListCompletedTasks(ctx context.Context, r ListCompletedTasksRequestObject) (ListCompletedTasksResponseObject, error) {
	filter := invitation.Filter{
		UserID: valueOf(r.Params.UserID), GroupID: valueOf(r.Params.GroupID),
		SendID: valueOf(r.Params.SendID), DeviceID: valueOf(r.Params.DeviceID),
	}
	items, next, err := h.listInvitations(ctx, "completed tasks", h.d.Invitations.ListCompleted, filter, r.Params.Limit, r.Params.Cursor)
	return ListCompletedTasks200JSONResponse{Items: shown(items, showTask), NextCursor: next}, err
}

func showTask(i invitation.Invitation) Task {
	s := showInvitation(i)
	return Task{
		Kind: TaskKindInvitation, ID: s.ID, User: s.User, Device: s.Device, Channel: s.Channel, State: s.State,
		Attempts: s.Attempts, WaitingFor: s.WaitingFor, NextActionAt: s.NextActionAt, LastAnswer: s.LastAnswer,
		CreatedAt: s.CreatedAt, SentAt: s.SentAt, ExpiresAt: s.ExpiresAt, SettledAt: s.SettledAt,
		WorkflowID: s.WorkflowID, SendIds: s.SendIds, NewLinkAsked: s.NewLinkAsked,
	}
}
