package console

import (
	"context"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/tasks"
)

var tasksRoutes = []route{
	{get, "/tasks/active", viewer, (*visit).activeTasks},
	{get, "/tasks/completed", viewer, (*visit).completedTasks},
	{get, "/tasks/groups", viewer, (*visit).suggestGroups},
	{get, "/tasks/ask", operator, (*visit).askTasks},
	{post, "/tasks/act", operator, (*visit).actOnTasks},
	{get, "/tasks/bulk/:id", viewer, (*visit).bulk},
	{get, "/exports/tasks.csv", viewer, (*visit).exportCSV},
	{get, "/exports/tasks.ndjson", viewer, (*visit).exportNDJSON},
}

// tasksStore keeps invitations and licenses.
type tasksStore interface {
	ListActive(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	ListCompleted(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	ListActiveLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
	ListCompletedLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
	// InvitationsNow and LicensesNow read rows again, wherever they went.
	InvitationsNow(ctx context.Context, ids []string) ([]invitation.Invitation, error)
	LicensesNow(ctx context.Context, ids []string) ([]content.License, error)
	CountInvitations(ctx context.Context, f invitation.Filter) (int, error)
	CountInvitationsLately(ctx context.Context, f invitation.Filter) (int, error)
	CountWaiting(ctx context.Context) (map[invitation.WaitingFor]int, error)
	ResendInvitation(ctx context.Context, actor people.Actor, id, batch string) (invitation.Decided, error)
	CancelInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error)
	ExtendInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error)
	CreateBulkOnce(ctx context.Context, actor people.Actor, id string, action invitation.Action, f invitation.Filter) (bulk invitation.Bulk, fresh bool, err error)
	Bulk(ctx context.Context, id string) (invitation.Bulk, error)
	TasksExported(ctx context.Context, actor people.Actor, list, form string, f invitation.Filter) error

	ListGroups(ctx context.Context, f people.GroupFilter, after people.Cursor, limit int) (people.Page[people.Group], error)
	Group(ctx context.Context, id string) (people.Group, error)
	User(ctx context.Context, id string) (people.User, error)
	Device(ctx context.Context, id string) (people.Device, error)
	Send(ctx context.Context, id string) (invitation.Send, error)
}

// taskList is what a page of tasks shows.
type taskList struct {
	taskQuery

	Rows []taskRow
	// Waiting are counts of open invitations by what they wait for, for the
	// header; each leads to its list.
	Waiting []waitCount
	// Matching counts the open invitations that the filter matches.
	Matching int
	Filters  taskFilters
	// Choice is asked instead of showing tasks.
	Choice groupChoice
	// Next and First are addresses of parts of the list; empty: there is none.
	Next, First string
	// All tells that everything that matches is selected, and AllHref where that
	// is so.
	All     bool
	AllHref string
	// Fresh counts tasks that the page does not show yet.
	Fresh fresh
}

// waitCount is one count of the header.
type waitCount struct {
	Text, Href string
}

// fresh is the line behind which new tasks wait.
type fresh struct {
	N    int
	More bool // N and more
	Href string
	Live bool // it takes the place of what a page shows
}

func (v *visit) activeTasks() error { return v.tasks("active") }

func (v *visit) completedTasks() error { return v.tasks("completed") }

// taskLimit is how many tasks a page has.
const taskLimit = 50

func (v *visit) tasks(section string) error {
	v.section = section
	values := v.c.Request().URL.Query()
	if !values.Has("group") {
		q, err := v.taskQuery(section, values)
		if err != nil {
			return err
		}
		return v.listTasks(q)
	}
	choice, err := v.typedGroup(values)
	if err != nil {
		return err
	}
	q, err := v.taskQuery(section, values)
	if err != nil {
		return err
	}
	if choice.Text != "" {
		return v.chooseGroup(q, choice)
	}
	if written, err := v.keepAddress(q); written {
		return err
	}
	return v.listTasks(q)
}

// listTasks shows a part of the list that an address asks for.
func (v *visit) listTasks(q taskQuery) error {
	at, err := v.place()
	if err != nil {
		return err
	}
	page, err := v.listOf(q.Section).Page(v.ctx(), q.Filter, at, taskLimit)
	if err != nil {
		return err
	}
	list := taskList{taskQuery: q, Rows: v.taskRows(page.Items), All: v.query("all") == "1" && q.Active()}
	if err := v.aroundTasks(&list, page, at); err != nil {
		return err
	}
	v.stream = streamFor(list.Here(), ids(page.Items))
	return v.showTasks(list)
}

// aroundTasks adds what stands around the rows.
func (v *visit) aroundTasks(list *taskList, page people.Page[tasks.Task], at people.Cursor) (err error) {
	if page.Next != nil {
		list.Next = list.with("after", after(*page.Next))
	}
	if at != (people.Cursor{}) {
		list.First = list.Here()
	}
	list.Fresh.Href = list.Here()
	if list.Filters, err = v.taskFilters(list.taskQuery); err != nil || !list.Active() {
		return err
	}
	if list.Waiting, err = v.waitCounts(); err != nil {
		return err
	}
	if page.Next == nil && list.First == "" {
		list.Matching = invitationsOf(page.Items)
	} else if list.Matching, err = v.Store.CountInvitationsLately(v.ctx(), list.Filter); err != nil {
		return err
	}
	list.AllHref = list.with("all", "1")
	for i := range list.Rows {
		list.Rows[i].Selected = list.All
	}
	return nil
}

// listOf reads one of the two lists.
func (c *Console) listOf(section string) tasks.List {
	if section == "completed" {
		return tasks.List{Invitations: c.Store.ListCompleted, Licenses: c.Store.ListCompletedLicenses}
	}
	return tasks.List{Invitations: c.Store.ListActive, Licenses: c.Store.ListActiveLicenses}
}

func ids(items []tasks.Task) []string {
	ids := make([]string, len(items))
	for i, t := range items {
		ids[i] = t.ID()
	}
	return ids
}

func invitationsOf(items []tasks.Task) (n int) {
	for _, t := range items {
		if t.Invitation != nil {
			n++
		}
	}
	return n
}

// headed are the waits that the header counts: those that somebody can do
// something about.
var headed = []invitation.WaitingFor{
	invitation.WaitingRelay, invitation.WaitingRetry, invitation.WaitingPause, invitation.WaitingLimit, invitation.WaitingDevice,
}

func (v *visit) waitCounts() ([]waitCount, error) {
	counted, err := v.waits.get(v.ctx())
	if err != nil {
		return nil, err
	}
	var counts []waitCount
	for _, wait := range headed {
		if n := counted[wait]; n > 0 {
			counts = append(counts, waitCount{Text: v.t("tasks.wait."+string(wait), "n", n), Href: "/tasks/active?waiting_for=" + string(wait)})
		}
	}
	return counts, nil
}
