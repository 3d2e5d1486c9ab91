package external

import (
	"encoding/json"
	"net/http"
	"strings"

	"heraut/invitation"
)

// apiResult is NanoMDM's answer to an enqueue or a push (source: its
// docs/openapi.yaml, APIResult). Every member is optional.
type apiResult struct {
	Status       map[string]enrollmentResult `json:"status"`
	PushError    *string                     `json:"push_error"`
	CommandError *string                     `json:"command_error"`
	CommandUUID  string                      `json:"command_uuid"`
}

type enrollmentResult struct {
	PushResult   string  `json:"push_result"`
	PushError    *string `json:"push_error"`
	CommandError *string `json:"command_error"`
}

// read takes the result out of an answer. Without one it gives the outcome
// that follows from the status. The status of an answer with a result says
// nothing: 500 is also what a push that failed makes of a command that was
// queued.
func read(got answer) (said apiResult, outcome invitation.Outcome, ok bool) {
	if got.status == http.StatusOK || got.status == http.StatusMultiStatus || got.status == http.StatusInternalServerError {
		if err := json.Unmarshal(got.body, &said); err == nil && said.any() {
			return said, outcome, true
		}
	}
	return apiResult{}, noResult(got), false
}

// any tells a result from some other JSON.
func (r apiResult) any() bool {
	return len(r.Status) > 0 || r.PushError != nil || r.CommandError != nil || r.CommandUUID != ""
}

// commandError says why the command was not queued; empty when it was. We ask
// for one enrollment, and one of NanoMDM's storages names errors by the
// command instead of the enrollment, so every entry counts.
func (r apiResult) commandError() string {
	return r.problem(r.CommandError, func(e enrollmentResult) *string { return e.CommandError })
}

// pushError says why the enrollment was not woken; empty when it was.
func (r apiResult) pushError() string {
	return r.problem(r.PushError, func(e enrollmentResult) *string { return e.PushError })
}

func (r apiResult) problem(top *string, of func(enrollmentResult) *string) string {
	for _, e := range r.Status {
		if text := of(e); text != nil {
			return said(*text)
		}
	}
	if top != nil {
		return said(*top)
	}
	return ""
}

// said makes sure that an error without words stays an error.
func said(text string) string {
	if strings.TrimSpace(text) == "" {
		return "an error without words"
	}
	return text
}

// noResult tells what an answer without a result means.
func noResult(got answer) invitation.Outcome {
	switch got.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return routeDown(got.status, "The MDM server does not accept the API key.")
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return routeDown(got.status, "The MDM server has no API at this address; NanoMDM has one only with -api.")
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
		return later(got, "The MDM server asks to try again later.")
	case http.StatusRequestEntityTooLarge:
		o := refused("The MDM server finds the command too long.")
		o.Code = got.status
		return o
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		o := routeDown(got.status, "What stands before the MDM server does not reach it.")
		o.RetryAfter = got.retryAfter
		return o
	case http.StatusInternalServerError:
		return later(got, "The MDM server has an error.")
	}
	if got.status >= 300 && got.status < 400 {
		return routeDown(got.status, "The MDM server's address leads elsewhere; give the address itself.")
	}
	return routeDown(got.status, notNanoMDM)
}
