package api

import (
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// asRead holds an If-Match of a call that looks at no version itself against
// the ETag that reading the thing gives now: of /v1/sends/{id} for
// /v1/sends/{id}/pause. What has no ETag matches none (RFC 9110, 13.1.1).
func (s *server) asRead(o *operation) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if o.versioned() || o.method == http.MethodGet {
			return next
		}
		return func(c echo.Context) error {
			given := c.Request().Header.Values(headerIfMatch)
			if len(given) == 0 || slices.Equal(given, []string{"*"}) {
				return next(c)
			}
			now := s.read(c.Request())
			if now.status == http.StatusNotFound || slices.Contains(tags(given), now.header.Get("ETag")) {
				return next(c) // which tells that it is not there, or changes it
			}
			return changedSince()
		}
	}
}

// tags are the ETags of an If-Match, which may be a list.
func tags(given []string) []string {
	var list []string
	for tag := range strings.SplitSeq(strings.Join(given, ","), ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			list = append(list, tag)
		}
	}
	return list
}

// read reads the thing that a call changes, as the caller would.
func (s *server) read(r *http.Request) *glance {
	get := r.Clone(r.Context())
	get.Method, get.Body, get.ContentLength = http.MethodGet, http.NoBody, 0
	get.URL.RawQuery, get.URL.RawPath = "", ""
	if r.Method == http.MethodPost {
		get.URL.Path = path.Dir(r.URL.Path)
	}
	get.RequestURI = get.URL.Path
	for _, name := range []string{headerIfMatch, headerIdempotencyKey, echo.HeaderContentType, echo.HeaderContentLength} {
		get.Header.Del(name)
	}
	seen := &glance{header: http.Header{}, status: http.StatusOK}
	s.echo.ServeHTTP(seen, get)
	return seen
}

// glance is an answer of which the status and the header alone are kept.
type glance struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (g *glance) Header() http.Header { return g.header }

// Write implements http.ResponseWriter: what is read is not looked at.
func (g *glance) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (g *glance) WriteHeader(status int) { g.status = status }
