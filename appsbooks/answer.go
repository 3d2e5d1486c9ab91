package appsbooks

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// envelope is what any answer may hold.
type envelope struct {
	ErrorNumber  int             `json:"errorNumber"`
	ErrorMessage string          `json:"errorMessage"`
	ErrorInfo    json.RawMessage `json:"errorInfo"`
	MDMInfo      *MDMInfo        `json:"mdmInfo"`
}

// examine tells an error from an answer. The number in the body decides, since
// Apple has sent errors under status 200; then the status.
func examine(call string, got answer, now time.Time) (envelope, *Error) {
	var said envelope
	broken := json.Unmarshal(got.body, &said)
	fine := got.status >= 200 && got.status < 300
	if broken == nil && said.ErrorNumber == 0 && fine {
		return said, nil
	}
	e := &Error{
		Call:    call,
		Number:  said.ErrorNumber,
		Status:  got.status,
		Message: oneLine(said.ErrorMessage),
		Class:   classOf(said.ErrorNumber, got.status),
	}
	if broken != nil && said.ErrorNumber == 0 {
		e.Message = "the answer is not that of Apps and Books"
	}
	_ = json.Unmarshal(said.ErrorInfo, &e.Info) // absent or of another shape: it only explains
	if e.Class == Retry {
		e.RetryAfter = retryAfter(got.retryAfter, now)
	}
	return said, e
}

// broken is a request that got no answer. The address is dropped from the
// error: it may name a user.
func broken(ctx context.Context, call string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return &Error{Call: call, Message: oneLine(err.Error()), Class: Retry, RetryAfter: soon, cause: err}
}

// unreadable is an answer under status 200 that makes no sense.
func unreadable(call string, err error) *Error {
	return &Error{Call: call, Status: http.StatusOK, Message: "the answer can not be read", Class: Retry, RetryAfter: soon, cause: err}
}
