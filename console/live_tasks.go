package console

import (
	"context"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"heraut/people"
	"heraut/tasks"
)

// taskNews is what the page of a list looks at.
type taskNews struct {
	// rows are those that the page shows, wherever they went.
	rows []tasks.Task
	// fresh counts tasks that belong above them.
	fresh int
	more  bool
}

func (v *visit) watchActive(page *url.URL, rows []string) (watch, error) {
	return v.watchTasks("active", page, rows)
}

func (v *visit) watchCompleted(page *url.URL, rows []string) (watch, error) {
	return v.watchTasks("completed", page, rows)
}

// watchTasks follows the rows that a page shows. New ones are counted where they
// would stand first: on the first part of a list with the newest first.
func (v *visit) watchTasks(section string, page *url.URL, rows []string) (watch, error) {
	q, err := v.taskQuery(section, page.Query())
	if err != nil {
		return watch{}, err
	}
	first := q.Filter.Sort == "" && page.Query().Get("after") == ""
	list, store := v.listOf(section), v.Store
	read := func(ctx context.Context) (news taskNews, err error) {
		if news.rows, err = rowsNow(ctx, store, rows); err != nil || !first {
			return news, err
		}
		top, err := list.Page(ctx, q.Filter, people.Cursor{}, taskLimit)
		news.fresh, news.more = above(top, rows)
		return news, err
	}
	return watching(page.String()+" "+strings.Join(rows, " "), read, func(was *taskNews, is taskNews) (told, error) {
		return v.tellTasks(q, was, is)
	}), nil
}

// rowsNow reads rows of both kinds again, in the order of their ids.
func rowsNow(ctx context.Context, store tasksStore, rows []string) ([]tasks.Task, error) {
	invited, err := store.InvitationsNow(ctx, rows)
	if err != nil {
		return nil, err
	}
	now := make([]tasks.Task, 0, len(rows))
	for i := range invited {
		now = append(now, tasks.Task{Invitation: &invited[i]})
	}
	if len(now) < len(rows) {
		given, err := store.LicensesNow(ctx, rows)
		if err != nil {
			return nil, err
		}
		for i := range given {
			now = append(now, tasks.Task{License: &given[i]})
		}
	}
	slices.SortFunc(now, func(a, b tasks.Task) int { return strings.Compare(a.ID(), b.ID()) })
	return now, nil
}

// above counts the tasks at the top of a list that stand before all those that
// are shown. more: there are more than the top tells.
func above(top people.Page[tasks.Task], shown []string) (n int, more bool) {
	for _, t := range top.Items {
		if slices.Contains(shown, t.ID()) {
			return n, false
		}
		n++
	}
	return n, top.Next != nil
}

// tellTasks sends cells, never rows: a box that is ticked stays so, and nothing
// moves under the pointer.
func (v *visit) tellTasks(q taskQuery, was *taskNews, is taskNews) (told, error) {
	var t told
	var changed []taskRow
	for i, task := range is.rows {
		if was == nil || i >= len(was.rows) || !reflect.DeepEqual(was.rows[i], task) {
			changed = append(changed, v.taskRow(task))
		}
	}
	newer := is.fresh > 0
	if was != nil {
		newer = is.fresh != was.fresh || is.more != was.more
		t.Spoken = v.spoken(changed, is.fresh-was.fresh)
	}
	var err error
	if t.Rows, err = v.piece("tasks/list", "rows", changed); err != nil || !newer {
		return t, err
	}
	t.Parts, err = v.piece("tasks/list", "fresh", fresh{N: is.fresh, More: is.more, Href: q.Here(), Live: true})
	return t, err
}

// spoken says in one sentence what changed.
func (v *visit) spoken(changed []taskRow, fresher int) string {
	switch {
	case len(changed) == 1:
		return v.t("tasks.spoken.one", "name", changed[0].Name, "where", changed[0].Where.Brief())
	case len(changed) > 1:
		return v.t("tasks.spoken.many", "n", len(changed))
	case fresher > 0:
		return v.t("tasks.spoken.fresh", "n", fresher)
	}
	return ""
}

// piece renders a block of a page for a stream.
func (v *visit) piece(page, block string, dot any) (string, error) {
	body, err := v.templates.Render(v.words.Lang, page, block, dot)
	return strings.TrimSpace(string(body)), err
}
