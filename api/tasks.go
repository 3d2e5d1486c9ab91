package api

import (
	"context"
	"time"

	"github.com/oapi-codegen/nullable"

	"heraut/content"
	"heraut/invitation"
	"heraut/tasks"
	"heraut/workflows"
)

// ListActiveTasks answers GET /v1/tasks/active.
func (h *handlers) ListActiveTasks(ctx context.Context, r ListActiveTasksRequestObject) (ListActiveTasksResponseObject, error) {
	list := tasks.List{Invitations: h.d.Invitations.ListActive, Licenses: h.d.Content.ListActiveLicenses}
	p := r.Params
	filter := filterOf(ListInvitationsParams{
		UserID: p.UserID, GroupID: p.GroupID, SendID: p.SendID, DeviceID: p.DeviceID, Channel: p.Channel, WaitingFor: p.WaitingFor,
		Q: p.Q, CreatedBefore: p.CreatedBefore, CreatedAfter: p.CreatedAfter, Marked: p.Marked,
	})
	items, next, err := h.listTasks(ctx, "active tasks", list, filter, p.Limit, p.Cursor)
	return ListActiveTasks200JSONResponse{Items: items, NextCursor: next}, err
}

// ListCompletedTasks answers GET /v1/tasks/completed.
func (h *handlers) ListCompletedTasks(ctx context.Context, r ListCompletedTasksRequestObject) (ListCompletedTasksResponseObject, error) {
	list := tasks.List{Invitations: h.d.Invitations.ListCompleted, Licenses: h.d.Content.ListCompletedLicenses}
	p := r.Params
	filter := filterOf(ListInvitationsParams{
		UserID: p.UserID, GroupID: p.GroupID, SendID: p.SendID, DeviceID: p.DeviceID, Channel: p.Channel,
		Q: p.Q, CreatedBefore: p.CreatedBefore, CreatedAfter: p.CreatedAfter, Marked: p.Marked,
	})
	items, next, err := h.listTasks(ctx, "completed tasks", list, filter, p.Limit, p.Cursor)
	return ListCompletedTasks200JSONResponse{Items: items, NextCursor: next}, err
}

// listTasks reads a page of a list.
func (h *handlers) listTasks(ctx context.Context, name string, list tasks.List, f invitation.Filter, limit *int32, cursor *string) ([]Task, nullable.Nullable[string], error) {
	p, err := h.page(name, f, limit, cursor)
	if err != nil {
		return nil, nil, err
	}
	page, err := list.Page(ctx, f, p.after, p.limit)
	if err != nil {
		return nil, nil, err
	}
	next, err := p.next(page.Next)
	return shown(page.Items, showTask), next, err
}

func showTask(t tasks.Task) Task {
	if t.License != nil {
		return showLicense(*t.License)
	}
	return showInvitationTask(*t.Invitation)
}

func showInvitationTask(i invitation.Invitation) Task {
	s := showInvitation(i)
	return Task{
		Kind: TaskKindInvitation, ID: s.ID, User: s.User, Device: s.Device, Channel: orNull[TaskChannel](i.Channel),
		Asset: nullable.NewNullNullable[TaskAsset](), State: TaskState(s.State),
		Attempts: s.Attempts, WaitingFor: s.WaitingFor, NextActionAt: s.NextActionAt, LastAnswer: s.LastAnswer,
		CreatedAt: s.CreatedAt, SentAt: s.SentAt, ExpiresAt: s.ExpiresAt, SettledAt: s.SettledAt,
		WorkflowID: s.WorkflowID, SendIds: s.SendIds, NewLinkAsked: s.NewLinkAsked,
	}
}

func showLicense(l content.License) Task {
	return Task{
		Kind: TaskKindContent, ID: l.ID, User: Person{ID: l.UserID, FullName: l.FullName},
		Device: nullable.NewNullNullable[DeviceName](), Channel: nullable.NewNullNullable[TaskChannel](),
		Asset: nullable.NewNullableWithValue(TaskAsset{
			AdamID: l.AdamID, Pricing: Pricing(l.Pricing), Type: AssetType(l.Type), Name: orNull[string](l.Name),
		}),
		State: TaskState(l.State), WaitingFor: orNull[WaitingFor](l.WaitingFor), LastAnswer: orNull[string](l.LastAnswer),
		NextActionAt: timeOrNull(time.Time{}), CreatedAt: l.CreatedAt.UTC(), SentAt: timeOrNull(time.Time{}),
		ExpiresAt: timeOrNull(time.Time{}), SettledAt: timeOrNull(l.SettledAt), WorkflowID: workflows.DistributeSchedule, SendIds: []ID{},
	}
}
