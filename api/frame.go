package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// frame is around every request, known path or not: it names the request,
// turns errors and panics into problems, and writes the access log.
func (s *server) frame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begin := time.Now()
		s.begin(c)
		defer s.traced(c)()
		if err := s.guarded(next, c); err != nil {
			s.writeProblem(err, c)
		}
		s.logAccess(c, time.Since(begin))
		return nil
	}
}

// traced puts the request into a trace, where any are made.
func (s *server) traced(c echo.Context) (end func()) {
	if s.trace == nil {
		return func() {}
	}
	r := c.Request()
	ctx, done := s.trace(r.Context())
	c.SetRequest(r.WithContext(ctx))
	return func() { done(r.Method, c.Path(), c.Response().Status) }
}

// headAsGet answers HEAD as GET: net/http leaves out the body, because it
// looks at the request that it made, not at this copy.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			r = r.WithContext(r.Context())
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

// begin gives the request its id and the answer its headers.
func (s *server) begin(c echo.Context) {
	r := c.Request()
	id := r.Header.Get(echo.HeaderXRequestID)
	if !plainID(id) {
		id = uuid.NewString()
	}
	c.SetRequest(r.WithContext(withRequestID(r.Context(), id)))
	header := c.Response().Header()
	header.Set(echo.HeaderXRequestID, id)
	header.Set(echo.HeaderXContentTypeOptions, "nosniff")
	header.Set(echo.HeaderCacheControl, "no-store")
	header.Set(echo.HeaderReferrerPolicy, "no-referrer")
	header.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
}

// plainID tells whether a caller's request id may stand in logs and headers.
func plainID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !letter && r != '-' && r != '_' && r != '.'
	})
}

// guarded runs the rest and turns a panic into an error.
func (s *server) guarded(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if e, ok := cause.(error); ok && errors.Is(e, http.ErrAbortHandler) {
			panic(cause) // net/http's own way to drop a connection
		}
		err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
	}()
	if odd(c.Request()) {
		return echo.ErrNotFound
	}
	return next(c)
}

// odd tells a path that could mean another one: with escapes (%2F), dots or
// empty parts. No path of the contract needs them.
func odd(r *http.Request) bool {
	path := r.URL.EscapedPath()
	if strings.ContainsAny(path, "%\\;") || strings.Contains(path, "//") {
		return true
	}
	for part := range strings.SplitSeq(path, "/") {
		if part == "." || part == ".." {
			return true
		}
	}
	return false
}

// logAccess names the route, not the path. Probes and scrapes come every few
// seconds and say little.
func (s *server) logAccess(c echo.Context, took time.Duration) {
	ctx := c.Request().Context()
	level := slog.LevelInfo
	if !strings.HasPrefix(c.Path(), "/v1/") {
		level = slog.LevelDebug
	}
	s.log.Log(ctx, level, "request", "request_id", requestID(ctx), "method", c.Request().Method, "route", c.Path(),
		"status", c.Response().Status, "took_ms", float64(took.Microseconds())/1000, "key", caller(ctx).ID)
	if s.observe != nil {
		s.observe(c.Request().Method, c.Path(), c.Response().Status, took)
	}
}

// within bounds how long an operation may take, a body that trickles in
// included.
func within(limit time.Duration) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			r := c.Request()
			ctx, cancel := context.WithTimeoutCause(r.Context(), limit, fault.New(fault.Unavailable, "The request took too long. Try again."))
			defer cancel()
			_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(limit)) // without deadlines, as in some tests, it reads as long as it likes
			c.SetRequest(r.WithContext(ctx))
			return next(c)
		}
	}
}

func equalFold(s string, among ...string) bool {
	for _, one := range among {
		if strings.EqualFold(s, one) {
			return true
		}
	}
	return false
}
