package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/oapi-codegen/nullable"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/workflows"
)

// ListActiveTasks answers GET /v1/tasks/active.
func (h *handlers) ListActiveTasks(ctx context.Context, r ListActiveTasksRequestObject) (ListActiveTasksResponseObject, error) {
	list := taskList{"active tasks", h.d.Invitations.ListActive, h.d.Content.ListActiveLicenses}
	p := r.Params
	filter := filterOf(ListInvitationsParams{
		UserID: p.UserID, GroupID: p.GroupID, SendID: p.SendID, DeviceID: p.DeviceID, Channel: p.Channel, WaitingFor: p.WaitingFor,
		Q: p.Q, CreatedBefore: p.CreatedBefore, CreatedAfter: p.CreatedAfter, Marked: p.Marked,
	})
	items, next, err := h.listTasks(ctx, list, filter, p.Limit, p.Cursor)
	return ListActiveTasks200JSONResponse{Items: items, NextCursor: next}, err
}

// ListCompletedTasks answers GET /v1/tasks/completed.
func (h *handlers) ListCompletedTasks(ctx context.Context, r ListCompletedTasksRequestObject) (ListCompletedTasksResponseObject, error) {
	list := taskList{"completed tasks", h.d.Invitations.ListCompleted, h.d.Content.ListCompletedLicenses}
	p := r.Params
	filter := filterOf(ListInvitationsParams{
		UserID: p.UserID, GroupID: p.GroupID, SendID: p.SendID, DeviceID: p.DeviceID, Channel: p.Channel,
		Q: p.Q, CreatedBefore: p.CreatedBefore, CreatedAfter: p.CreatedAfter, Marked: p.Marked,
	})
	items, next, err := h.listTasks(ctx, list, filter, p.Limit, p.Cursor)
	return ListCompletedTasks200JSONResponse{Items: items, NextCursor: next}, err
}

// taskList is a list of two kinds that are kept apart and ordered alike: the
// newest first, or the last settled first.
type taskList struct {
	name        string
	invitations lister
	licenses    func(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
}

// listTasks reads a page of each kind from the same place on, and merges them:
// what does not fit is the next page's.
func (h *handlers) listTasks(ctx context.Context, list taskList, f invitation.Filter, limit *int32, cursor *string) ([]Task, nullable.Nullable[string], error) {
	p, err := h.page(list.name, f, limit, cursor)
	if err != nil {
		return nil, nil, err
	}
	invited, err := list.invitations(ctx, f, p.after, p.limit)
	if err != nil {
		return nil, nil, err
	}
	tasks, more := shown(invited.Items, showTask), invited.Next != nil
	if f.Licenses() {
		given, err := list.licenses(ctx, content.LicenseFilter{UserID: f.UserID, GroupID: f.GroupID}, p.after, p.limit)
		if err != nil {
			return nil, nil, err
		}
		tasks, more = append(tasks, shown(given.Items, showLicense)...), more || given.Next != nil
	}
	slices.SortFunc(tasks, func(a, b Task) int { return -compareCursors(cursorOf(a), cursorOf(b)) })
	if more = more || len(tasks) > p.limit; !more {
		next, err := p.next(nil)
		return tasks, next, err
	}
	tasks = tasks[:p.limit]
	last := cursorOf(tasks[len(tasks)-1])
	next, err := p.next(&last)
	return tasks, next, err
}

// cursorOf is a task's place in its list: lists of open work go by id alone.
func cursorOf(t Task) people.Cursor {
	c := people.Cursor{ID: t.ID}
	if !t.SettledAt.IsNull() {
		c.Key = t.SettledAt.MustGet().UTC().Format(settledLayout)
	}
	return c
}

// settledLayout has a fixed width, so that text sorts by time.
const settledLayout = "2006-01-02T15:04:05.000000Z"

func compareCursors(a, b people.Cursor) int {
	return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
}

func showTask(i invitation.Invitation) Task {
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
