package scim

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"heraut/fault"
)

// The scimTypes of RFC 7644, table 9, that this server gives.
const (
	invalidFilter = "invalidFilter"
	tooManyFound  = "tooMany"
	uniqueness    = "uniqueness"
	invalidSyntax = "invalidSyntax"
	invalidPath   = "invalidPath"
	noTarget      = "noTarget"
	invalidValue  = "invalidValue"
)

// refused is an error in the protocol's own words.
type refused struct {
	status   int
	scimType string
	detail   string
}

// Error implements error.
func (e *refused) Error() string { return e.detail }

// bad is a request that can not be done, and why.
func bad(scimType, detail string) error {
	return &refused{status: http.StatusBadRequest, scimType: scimType, detail: detail}
}

// statuses say what the store's faults are here.
var statuses = map[fault.Code]struct {
	status   int
	scimType string
}{
	fault.InvalidRequest:     {http.StatusBadRequest, invalidValue},
	fault.Unauthenticated:    {http.StatusUnauthorized, ""},
	fault.Forbidden:          {http.StatusForbidden, ""},
	fault.NotFound:           {http.StatusNotFound, ""},
	fault.MethodNotAllowed:   {http.StatusMethodNotAllowed, ""},
	fault.Conflict:           {http.StatusConflict, uniqueness},
	fault.PreconditionFailed: {http.StatusPreconditionFailed, ""},
	fault.TooLarge:           {http.StatusRequestEntityTooLarge, ""},
	fault.RateLimited:        {http.StatusTooManyRequests, ""},
	fault.Unavailable:        {http.StatusServiceUnavailable, ""},
}

// refusal is the answer of RFC 7644 section 3.12 to an error. What nobody
// explains is internal: the client learns nothing of it.
func (s *server) refusal(ctx context.Context, err error) reply {
	e := asRefused(err)
	switch e.status {
	case http.StatusInternalServerError:
		s.Log.ErrorContext(ctx, "request failed", "error", err)
	case http.StatusServiceUnavailable:
		level := slog.LevelWarn
		if errors.Is(err, context.Canceled) {
			level = slog.LevelDebug // the client went away
		}
		s.Log.Log(ctx, level, "request failed", "error", err)
	}
	body := map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:Error"},
		"status":  strconv.Itoa(e.status), "detail": e.detail,
	}
	if e.scimType != "" {
		body["scimType"] = e.scimType
	}
	answer := reply{status: e.status, body: body, after: waitOf(err)}
	if m, ok := errors.AsType[*misused](err); ok {
		answer.allow = m.allowed
	}
	return answer
}

func asRefused(err error) *refused {
	if e, ok := errors.AsType[*refused](err); ok {
		return e
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		if known, ok := statuses[f.Code]; ok {
			return &refused{status: known.status, scimType: known.scimType, detail: sentences(f)}
		}
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return &refused{status: http.StatusServiceUnavailable, detail: "The request took too long. Try again."}
	}
	return &refused{status: http.StatusInternalServerError, detail: "Internal error."}
}

// sentences says a fault and what it says of fields, of which a client shows
// the administrator the detail alone.
func sentences(f *fault.Error) string {
	if len(f.Fields) == 0 {
		return f.Message
	}
	parts := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		parts[i] = strings.ReplaceAll(strings.TrimPrefix(field.Pointer, "/"), "/", ".") + ": " + field.Message
	}
	return strings.Join(parts, " ")
}
