package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// policy lets a page load and call what is ours, and nothing else: no inline
// script or style, no frame, no plug-in.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm bounds a form without files, in bytes.
const maxForm = 1 << 20

// frame is around every request: headers and panics.
func (c *Console) frame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(e echo.Context) (err error) {
		h := e.Response().Header()
		h.Set(echo.HeaderContentSecurityPolicy, policy)
		h.Set(echo.HeaderReferrerPolicy, "same-origin")
		h.Set(echo.HeaderCacheControl, "no-store")
		h.Set(echo.HeaderXContentTypeOptions, "nosniff")
		h.Set(echo.HeaderXFrameOptions, "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		defer func() {
			if cause := recover(); cause != nil {
				if e, ok := cause.(error); ok && errors.Is(e, http.ErrAbortHandler) {
					panic(cause) // net/http's own way to drop a connection
				}
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return next(e)
	}
}

// statuses are those of the faults that a page may meet.
var statuses = map[fault.Code]int{
	fault.Malformed: http.StatusBadRequest, fault.InvalidRequest: http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden, fault.NotFound: http.StatusNotFound,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.Conflict: http.StatusConflict, fault.PlanStale: http.StatusConflict, fault.PlanExpired: http.StatusConflict,
	fault.InvitationSettled: http.StatusConflict, fault.SendSettled: http.StatusConflict,
	fault.PreconditionFailed: http.StatusPreconditionFailed, fault.RateLimited: http.StatusTooManyRequests,
	fault.Unavailable: http.StatusServiceUnavailable, fault.Internal: http.StatusInternalServerError,
}

// failure is what the page of an error shows.
type failure struct {
	Code    fault.Code
	Message string
	Fields  []fault.Field
}

// failed is Echo's handler of errors: every one becomes a page.
func (c *Console) failed(err error, e echo.Context) {
	if e.Response().Committed {
		return
	}
	f := asFault(err)
	status := statuses[f.Code]
	if status >= http.StatusInternalServerError {
		c.Log.ErrorContext(e.Request().Context(), "a page failed", "route", e.Path(), "error", err)
	}
	v, unknown := c.enter(e)
	if unknown != nil {
		v = &visit{Console: c, c: e, words: c.words.In("")}
	}
	data := failure{Code: f.Code, Message: v.words.Fault(f.Message)}
	for _, field := range f.Fields {
		data.Fields = append(data.Fields, fault.Field{Pointer: field.Pointer, Message: v.words.Fault(field.Message)})
	}
	if v.explain(status, data) != nil && !e.Response().Committed {
		_ = e.String(status, data.Message) // nothing is left to try when this fails as well
	}
}

// explain shows the page of an error, or its sentences alone to htmx, which must
// put them in the place of nothing: console.js finds one for them.
func (v *visit) explain(status int, f failure) error {
	if !v.live() {
		return v.show(status, "home/error", nil, f)
	}
	v.c.Response().Header().Set("HX-Reswap", "none")
	return v.write(status, "home/error", "failure", f)
}

// asFault turns any error into one for the page; what no fault explains is
// internal, and the page says no more.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if _, known := statuses[f.Code]; known {
			return f
		}
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, "What you sent is too large.")
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch e.Code {
		case http.StatusNotFound:
			return fault.New(fault.NotFound, "This page does not exist.")
		case http.StatusMethodNotAllowed:
			return fault.New(fault.MethodNotAllowed, "This page can not be used in this way.")
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.New(fault.Unavailable, "This took too long. Try again.")
	}
	return fault.New(fault.Internal, "Internal error.")
}
