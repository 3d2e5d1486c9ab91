package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// statuses is the one place of the API that knows which code has which HTTP
// status.
var statuses = map[fault.Code]int{
	fault.Malformed:            http.StatusBadRequest,
	fault.Unauthenticated:      http.StatusUnauthorized,
	fault.Forbidden:            http.StatusForbidden,
	fault.NotFound:             http.StatusNotFound,
	fault.MethodNotAllowed:     http.StatusMethodNotAllowed,
	fault.Conflict:             http.StatusConflict,
	fault.PlanStale:            http.StatusConflict,
	fault.PlanExpired:          http.StatusConflict,
	fault.InvitationSettled:    http.StatusConflict,
	fault.SendSettled:          http.StatusConflict,
	fault.RequestInProgress:    http.StatusConflict,
	fault.PreconditionFailed:   http.StatusPreconditionFailed,
	fault.TooLarge:             http.StatusRequestEntityTooLarge,
	fault.UnsupportedMedia:     http.StatusUnsupportedMediaType,
	fault.InvalidRequest:       http.StatusUnprocessableEntity,
	fault.IdempotencyKeyReused: http.StatusUnprocessableEntity,
	fault.RateLimited:          http.StatusTooManyRequests,
	fault.Unavailable:          http.StatusServiceUnavailable,
	fault.Internal:             http.StatusInternalServerError,
}

// waits is how long a caller should wait before trying again, where the error
// itself does not say.
var waits = map[fault.Code]time.Duration{
	fault.RequestInProgress: time.Second,
	fault.RateLimited:       time.Second,
	fault.Unavailable:       5 * time.Second,
}

// limited is a fault that says when to try again.
type limited struct {
	fault *fault.Error
	after time.Duration
}

// Error implements error.
func (l *limited) Error() string { return l.fault.Error() }

// Unwrap gives the fault.
func (l *limited) Unwrap() error { return l.fault }

// asFault turns any error into a fault for the caller. What no fault explains
// is internal: the caller learns nothing of it.
func asFault(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if _, known := statuses[f.Code]; known {
			return f
		}
		return fault.New(fault.Internal, "Internal error.")
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	if e, ok := errors.AsType[*echo.HTTPError](err); ok {
		return fromEcho(e)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fault.New(fault.Unavailable, "The request took too long. Try again.")
	}
	return fault.New(fault.Internal, "Internal error.")
}

func fromEcho(e *echo.HTTPError) *fault.Error {
	switch e.Code {
	case http.StatusNotFound:
		return fault.New(fault.NotFound, "There is nothing at this path.")
	case http.StatusMethodNotAllowed:
		return fault.New(fault.MethodNotAllowed, "This path does not take this method.")
	case http.StatusInternalServerError:
		return fault.New(fault.Internal, "Internal error.")
	}
	return fault.New(fault.InvalidRequest, "The request has an error.")
}

func tooLarge(limit int64) *fault.Error {
	return fault.New(fault.TooLarge, fmt.Sprintf("Send at most %s.", size(limit)))
}

func size(n int64) string {
	if n < 1<<20 {
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n>>20, 10) + " MiB"
}

// problem is the body of RFC 9457; the fault's details stand beside the
// members that every problem has.
func problem(f *fault.Error, requestID string) map[string]any {
	status := statuses[f.Code]
	body := map[string]any{}
	maps.Copy(body, f.Details)
	body["type"] = "about:blank"
	body["title"] = http.StatusText(status)
	body["status"] = status
	body["code"] = f.Code
	body["detail"] = f.Message
	body["request_id"] = requestID
	if len(f.Fields) > 0 {
		list := make([]FieldError, len(f.Fields))
		for i, field := range f.Fields {
			list[i] = FieldError{Pointer: field.Pointer, Message: field.Message}
		}
		body["errors"] = list
	}
	return body
}

// writeProblem answers with err; it is echo's error handler.
func (s *server) writeProblem(err error, c echo.Context) {
	ctx := c.Request().Context()
	f := asFault(err)
	s.logFault(ctx, f, err)
	if c.Response().Committed {
		return
	}
	data, marshalErr := json.Marshal(problem(f, requestID(ctx)))
	if marshalErr != nil {
		s.log.ErrorContext(ctx, "writing a problem", "error", marshalErr)
		data = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"code":"internal","detail":"Internal error."}`)
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, "application/problem+json")
	header.Del("ETag")
	header.Del(echo.HeaderLocation)
	if f.Code == fault.Unauthenticated {
		header.Set(echo.HeaderWWWAuthenticate, `Bearer realm="heraut"`)
	}
	if wait := waitFor(f, err); wait > 0 {
		header.Set(echo.HeaderRetryAfter, strconv.Itoa(int((wait+time.Second-1)/time.Second)))
	}
	c.Response().WriteHeader(statuses[f.Code])
	_, _ = c.Response().Write(data) // the client is gone: nobody is left to tell
}

func waitFor(f *fault.Error, err error) time.Duration {
	if l, ok := errors.AsType[*limited](err); ok {
		return l.after
	}
	return waits[f.Code]
}

// logFault writes what a person who runs the service must know; what the
// caller did wrong is in the access log already.
func (s *server) logFault(ctx context.Context, f *fault.Error, err error) {
	level := slog.LevelError
	switch {
	case errors.Is(err, context.Canceled):
		level = slog.LevelDebug // the client went away
	case f.Code == fault.Unavailable:
		level = slog.LevelWarn
	case f.Code != fault.Internal:
		return
	}
	s.log.Log(ctx, level, "request failed", "request_id", requestID(ctx), "code", string(f.Code), "error", err.Error())
}
