package appsbooks

import (
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Class says what a caller does about an error.
type Class string

// The classes.
const (
	// Retry: the same request may work later, not before Error.RetryAfter.
	Retry Class = "retry"
	// Stop: nothing works with this token before an administrator acts.
	Stop Class = "stop"
	// Input: this request will never work; others may.
	Input Class = "input"
)

// Numbers of Apple's errors that callers or this package act on (source:
// "Handling error responses"). There are more, and Apple may add to them.
const (
	InvalidArgument     = 9602
	InternalError       = 9603
	LoginRequired       = 9601
	UserNotFound        = 9609
	TokenExpired        = 9621
	BadAuthorization    = 9622
	TokenRevoked        = 9625
	ServiceGone         = 9634
	CannotAssociate     = 9635
	NotForFacilitators  = 9637
	AccountTaken        = 9641
	Maintenance         = 9644
	TooManyRequests     = 9646
	NotForLegacyTokens  = 9647
	BadPageIndex        = 9650
	TooManyAssets       = 9700
	TooManyUserIDs      = 9701
	TooManySerials      = 9702
	NotRevocable        = 9706
	NotDeviceAssignable = 9707
	UnknownEvent        = 9708
	NotEnoughLicenses   = 9709
	TooManyUsers        = 9714
	DuplicateUsers      = 9715
	UserExists          = 9716
	BadVersion          = 9721
	URLUnreachable      = 9728
	TemporarilyDown     = 9729
)

// maxWords bounds what is kept of Apple's words, in bytes.
const maxWords = 300

// Error is an error of the service, or a connection that broke (Number and
// Status are 0 then). It holds no secret.
type Error struct {
	// Call is what was asked, such as "users/create".
	Call string
	// Number is Apple's errorNumber; 0 when the answer had none.
	Number int
	// Status is the HTTP status.
	Status int
	// Message are Apple's words, on one line.
	Message string
	Class   Class
	// RetryAfter is the wait that Apple asks for or, without one, that fits;
	// only for Retry.
	RetryAfter time.Duration
	// Info names whom or what the error is about; often empty.
	Info ErrorInfo

	// asked: RetryAfter is the service's wish.
	asked bool
	cause error
}

// ErrorInfo names the elements of a request that an error is about.
type ErrorInfo struct {
	ClientUserIDs []string   `json:"clientUserIds,omitempty"`
	SerialNumbers []string   `json:"serialNumbers,omitempty"`
	Assets        []AssetRef `json:"assets,omitempty"`
}

func (i ErrorInfo) namesTargets() bool { return len(i.ClientUserIDs)+len(i.SerialNumbers) > 0 }

// Error implements error.
func (e *Error) Error() string {
	var about []string
	if e.Number != 0 {
		about = append(about, fmt.Sprintf("error %d", e.Number))
	}
	if e.Status != 0 {
		about = append(about, fmt.Sprintf("status %d", e.Status))
	}
	text := "asking Apps and Books for " + e.Call
	if len(about) > 0 {
		text += ": " + strings.Join(about, ", ")
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Unwrap gives what broke, for a connection that did.
func (e *Error) Unwrap() error { return e.cause }

// ClaimedError says that another management service has claimed the location.
// Until an administrator takes it over, nothing may be written.
type ClaimedError struct{ Owner MDMInfo }

// Error implements error.
func (e *ClaimedError) Error() string {
	text := "the location is managed by another service: " + oneLine(e.Owner.Name)
	if e.Owner.Metadata != "" {
		text += " (" + oneLine(e.Owner.Metadata) + ")"
	}
	return text
}

// classOf tells what an error means. The number decides, as Apple has sent
// errors under status 200; for a number that is not known, the status.
func classOf(number, status int) Class {
	switch number {
	case InternalError, Maintenance, TooManyRequests, TemporarilyDown:
		return Retry
	case LoginRequired, TokenExpired, BadAuthorization, TokenRevoked, ServiceGone, NotForFacilitators, NotForLegacyTokens:
		return Stop
	}
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusRequestTimeout, status >= 500:
		return Retry
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusGone,
		status == http.StatusProxyAuthRequired:
		return Stop
	case number == 0:
		// Not the service's words: something in between answered, and that
		// decides about nobody.
		return Retry
	}
	return Input
}

// limitChanged tells whether an error may mean that the service's limits are
// no longer the ones that were read. Apple advises so for 9602.
func limitChanged(number int) bool {
	switch number {
	case InvalidArgument, TooManyAssets, TooManyUserIDs, TooManySerials, TooManyUsers:
		return true
	}
	return false
}

func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 }), " ")
	if len(text) > maxWords {
		return strings.ToValidUTF8(text[:maxWords], "") + "..."
	}
	return text
}
