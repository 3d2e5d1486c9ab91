package appsbooks

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
)

const (
	// pagesAtOnce is how many pages may be under way (source: "Using
	// paginated endpoints").
	pagesAtOnce = 5
	// maxPages ends a list without end; a page has several hundred elements.
	maxPages = 20_000
)

// pageMark is what every page says of its place.
type pageMark struct {
	Current int    `json:"currentPageIndex"`
	Next    *int   `json:"nextPageIndex"`
	Total   int    `json:"totalPages"`
	Size    *int   `json:"size"`
	Version string `json:"versionId"`
}

func (m pageMark) mark() pageMark { return m }

type page interface {
	mark() pageMark
	// listed tells whether the page has its list, be it empty.
	listed() bool
}

// result is a page under way.
type result[P page] struct {
	page P
	err  error
}

// walk reads a list: the first page alone, then up to five at a time, each
// window starting where the last page points. The pages are visited in order,
// and the list ends at the page without a next one, whatever the total says.
func walk[P page](ctx context.Context, c *Client, call string, query url.Values, visit func(P) error) (version string, err error) {
	for at, width := 0, 1; ; {
		next, more := at, true
		for i, r := range window[P](ctx, c, call, query, at, width) {
			if r.err != nil {
				return version, r.err
			}
			if err := check(pathOf(call)[1:], r.page, at+i); err != nil {
				return version, err
			}
			mark := r.page.mark()
			if at+i == 0 {
				version = mark.Version
			}
			if err := visit(r.page); err != nil {
				return version, err
			}
			if mark.Next == nil {
				more = false
				break
			}
			next, width = *mark.Next, min(max(mark.Total-*mark.Next, 1), pagesAtOnce)
			if next != at+i+1 {
				break // pages were left out: go on where this one points
			}
		}
		if !more {
			return version, nil
		}
		at = next
	}
}

// check refuses a page without a list, which is not an empty one: somebody else
// may have answered, and of an empty list would follow that all is gone. Only
// a page that says that its size is 0 may do without.
func check(call string, p page, asked int) error {
	m := p.mark()
	if !p.listed() && (m.Size == nil || *m.Size != 0) {
		return unreadable(call, errNoList)
	}
	return m.check(call, asked)
}

// check refuses a page that is not the one asked for, or that leads back.
func (m pageMark) check(call string, asked int) error {
	var words string
	switch {
	case m.Current != asked:
		words = "the service answered with another page than the one asked for"
	case m.Next != nil && *m.Next <= asked:
		words = "the pages of the service lead in a circle"
	case m.Next != nil && *m.Next >= maxPages:
		words = "the pages of the service have no end"
	default:
		return nil
	}
	return &Error{Call: call, Status: http.StatusOK, Message: words, Class: Retry, RetryAfter: slowest, cause: errPages}
}

var (
	errPages  = errors.New("pages do not end")
	errNoList = errors.New("a page has no list")
)

// window reads pages beside each other.
func window[P page](ctx context.Context, c *Client, call string, query url.Values, from, width int) []result[P] {
	results := make([]result[P], width)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			v := maps.Clone(query)
			if from+i > 0 {
				v.Set("pageIndex", strconv.Itoa(from+i))
			}
			results[i].page, results[i].err = ask[P](ctx, c, request{call: call, query: v})
		})
	}
	wg.Wait()
	return results
}
