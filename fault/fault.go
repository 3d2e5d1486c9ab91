// Package fault holds the one error shape that callers of Heraut may see.
//
// Every room returns a *Error for what a caller can act on; anything else is
// an internal fault, logged in full and shown as "Internal error.".
package fault

import (
	"errors"
	"strings"
)

// Code is the stable, machine-readable name of a fault. Clients test for it.
type Code string

// The codes that clients test for.
const (
	InvalidRequest       Code = "invalid_request"
	Malformed            Code = "malformed"
	UnsupportedMedia     Code = "unsupported_media_type"
	NotFound             Code = "not_found"
	MethodNotAllowed     Code = "method_not_allowed"
	Conflict             Code = "conflict"
	PlanStale            Code = "plan_stale"
	PlanExpired          Code = "plan_expired"
	InvitationSettled    Code = "invitation_settled"
	SendSettled          Code = "send_settled"
	IdempotencyKeyReused Code = "idempotency_key_reused"
	RequestInProgress    Code = "request_in_progress"
	PreconditionFailed   Code = "precondition_failed"
	Unauthenticated      Code = "unauthenticated"
	Forbidden            Code = "forbidden"
	TooLarge             Code = "too_large"
	RateLimited          Code = "rate_limited"
	Unavailable          Code = "unavailable"
	Internal             Code = "internal"
)

// Field says what is wrong with one part of the input.
type Field struct {
	// Pointer is an RFC 6901 JSON pointer into the body ("/email"), or the
	// name of a query or path parameter.
	Pointer string
	// Message is a sentence a person can act on.
	Message string
}

// Error is a fault that a caller can act on.
type Error struct {
	Code    Code
	Message string
	Fields  []Field
	// Details is shown to the caller beside the message, for codes that
	// carry more than words (the difference of a stale plan).
	Details map[string]any
}

// Error implements error.
func (e *Error) Error() string {
	if len(e.Fields) == 0 {
		return e.Message
	}
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Pointer + ": " + f.Message
	}
	return e.Message + " (" + strings.Join(parts, "; ") + ")"
}

// New makes a fault of a code with a sentence for a person.
func New(code Code, message string) *Error { return &Error{Code: code, Message: message} }

// Invalid makes an invalid_request fault about fields.
func Invalid(fields ...Field) *Error {
	message := "The request has an error."
	if len(fields) > 1 {
		message = "The request has several errors."
	}
	return &Error{Code: InvalidRequest, Message: message, Fields: fields}
}

// CodeOf tells the code of err: Internal for an error that is not a fault.
func CodeOf(err error) Code {
	if f, ok := errors.AsType[*Error](err); ok {
		return f.Code
	}
	return Internal
}

// Is tells whether err is a fault of the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
