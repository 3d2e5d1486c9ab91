package scim

import (
	"net/http"
	"strconv"
)

// How many resources a page has: where the client does not say, and at most.
const (
	usualCount = 100
	mostCount  = 200
)

// query is what a list is asked for (RFC 7644 section 3.4.2). Sorting is not
// supported, and asking for it is no error.
type query struct {
	filter     string
	startIndex int // from 1
	count      int
	projection projection
}

func (c call) query() (query, error) {
	values := c.URL.Query()
	q := query{filter: values.Get("filter"), projection: c.projection()}
	var err error
	if q.startIndex, err = number(values.Get("startIndex"), 1); err != nil {
		return q, err
	}
	if q.count, err = number(values.Get("count"), usualCount); err != nil {
		return q, err
	}
	q.startIndex, q.count = max(q.startIndex, 1), min(max(q.count, 0), mostCount)
	return q, nil
}

func number(text string, otherwise int) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0, bad(invalidValue, "startIndex and count are whole numbers.")
	}
	return int(n), nil
}

func (q query) offset() int { return q.startIndex - 1 }

// cut takes the page out of all that was found.
func cut[T any](q query, found []T) []T {
	from := min(q.offset(), len(found))
	return found[from:min(from+q.count, len(found))]
}

func shown[T any](list []T, show func(T) map[string]any) []map[string]any {
	all := make([]map[string]any, len(list))
	for i, one := range list {
		all[i] = show(one)
	}
	return all
}

// list is a ListResponse.
func (q query) list(total int, page []map[string]any) reply {
	for _, one := range page {
		q.projection.cut(one)
	}
	return reply{status: http.StatusOK, body: map[string]any{
		"schemas":      []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"},
		"totalResults": total, "startIndex": q.startIndex, "itemsPerPage": len(page), "Resources": page,
	}}
}

// one is a single resource.
func (c call) one(status int, kind string, resource map[string]any, etag string) (reply, error) {
	if status == http.StatusOK && c.Method != http.MethodPut && c.Method != http.MethodPatch && unchanged(c.Request, etag) {
		return reply{status: http.StatusNotModified, etag: etag}, nil
	}
	c.projection().cut(resource)
	return reply{status: status, body: resource, location: c.location(kind, c.id), etag: etag}, nil
}
