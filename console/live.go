package console

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"heraut/fault"
)

var liveRoutes = []route{{get, "/events", viewer, (*visit).events}}

// watch is what a live page looks at.
type watch struct {
	// key is equal for pages that look at the same.
	key  string
	read func(ctx context.Context) (any, error)
	// tell says what the page must change; it is called with every reading, the
	// first of which may tell all.
	tell func(news any) (told, error)
}

// told is what one reading changes on a page: pieces of it, each of which takes
// the place of the one with its id.
type told struct {
	// Rows are cells of a table, Parts other elements.
	Rows, Parts string
	// Spoken is for screen readers; empty: nothing that needs saying. The page
	// says the latest, at most once a second.
	Spoken string
}

// watching makes a watch of what is read as one type. was is nil for the first
// reading.
func watching[T any](key string, read func(ctx context.Context) (T, error), tell func(was *T, is T) (told, error)) watch {
	var last *T
	return watch{
		key:  key,
		read: func(ctx context.Context) (any, error) { return read(ctx) },
		tell: func(news any) (told, error) {
			is, ok := news.(T)
			if !ok {
				return told{}, fmt.Errorf("the feed %s tells %T", key, news)
			}
			was := last
			last = &is
			return tell(was, is)
		},
	}
}

// livePages are the pages that follow what happens, by the start of their path.
var livePages = []struct {
	prefix string
	watch  func(v *visit, page *url.URL, rows []string) (watch, error)
}{
	{"/tasks/active", (*visit).watchActive},
	{"/tasks/completed", (*visit).watchCompleted},
	{"/tasks/bulk/", (*visit).watchBulk},
	{"/invitations/", (*visit).watchInvitation},
	{"/sends/", (*visit).watchSend},
}

// streamFor is the address of a page's stream; rows are the ids that it shows.
func streamFor(page string, rows []string) string {
	q := url.Values{"for": {page}}
	if len(rows) > 0 {
		q.Set("rows", strings.Join(rows, " "))
	}
	return with("/events", q)
}

// watched finds what the page that asks for a stream looks at.
func (v *visit) watched() (watch, error) {
	page, err := url.Parse(v.query("for"))
	if err == nil {
		for _, live := range livePages {
			if strings.HasPrefix(page.Path, live.prefix) {
				return live.watch(v, page, strings.Fields(v.query("rows")))
			}
		}
	}
	return watch{}, fault.New(fault.NotFound, "This page does not exist.")
}
