package appsbooks

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"
)

// EventState is how far the service is with a submission.
type EventState string

// The states.
const (
	Pending  EventState = "PENDING"
	Complete EventState = "COMPLETE"
	// Failed events may have done a part; see Event.Results.
	Failed EventState = "FAILED"
)

// Event is a submission as the service tells (source: "Event Status").
type Event struct {
	ID    string
	State EventState
	// Type is CREATE, UPDATE, RETIRE, ASSOCIATE, DISASSOCIATE or REVOKE.
	Type string
	// Completed and Requested count pairs of target and asset, or users.
	Completed, Requested int
	Failures             []*Error
}

type failureAnswer struct {
	Number  int             `json:"errorNumber"`
	Message string          `json:"errorMessage"`
	Info    json.RawMessage `json:"errorInfo"`
}

// failure makes an error of one that came later than its request.
func (f failureAnswer) failure(call string) *Error {
	e := &Error{Call: call, Number: f.Number, Message: oneLine(f.Message), Class: classOf(f.Number, 400)}
	if e.Class == Retry {
		e.RetryAfter = soon
	}
	_ = json.Unmarshal(f.Info, &e.Info) // absent or of another shape: it only explains
	return e
}

// EventStatus asks how far the service is. An id that is too old or was never
// given out is UnknownEvent.
func (c *Client) EventStatus(ctx context.Context, id string) (Event, error) {
	type status struct {
		State     EventState      `json:"eventStatus"`
		Type      string          `json:"eventType"`
		Completed int             `json:"numCompleted"`
		Requested int             `json:"numRequested"`
		Failures  []failureAnswer `json:"failures"`
	}
	said, err := ask[status](ctx, c, request{call: statusCall, query: url.Values{"eventId": {id}}})
	e := Event{ID: id, State: said.State, Type: said.Type, Completed: said.Completed, Requested: said.Requested}
	for _, f := range said.Failures {
		e.Failures = append(e.Failures, f.failure(said.Type))
	}
	return e, err
}

// Outcome is what became of one target of an event.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "done"
	Undone Outcome = "undone"
	// Unclear targets are told neither way: look them up.
	Unclear Outcome = "unclear"
)

// Result is what became of one target.
type Result struct {
	Target  string // the clientUserId or serial number
	Outcome Outcome
	// Err is why, for Undone; its Info may name the assets that it is about,
	// and then the others may have been given.
	Err *Error
}

// Results tells what became of each target of the submission. A FAILED event
// may have done a part: who is named by a failure is undone, and the others
// are done, unless a failure names nobody or nothing at all was completed.
func (e Event) Results(targets []string) []Result {
	named := map[string]*Error{}
	rest := Done
	if e.State != Complete && (e.State != Failed || e.Completed == 0 || len(e.Failures) == 0) {
		rest = Unclear
	}
	for _, f := range e.Failures {
		if !f.Info.namesTargets() {
			rest = Unclear
		}
		for _, ids := range [][]string{f.Info.ClientUserIDs, f.Info.SerialNumbers} {
			for _, id := range ids {
				named[id] = cmp.Or(named[id], f)
			}
		}
	}
	results := make([]Result, len(targets))
	for i, target := range targets {
		results[i] = Result{Target: target, Outcome: rest}
		if f := named[target]; f != nil {
			results[i].Outcome, results[i].Err = Undone, f
		}
	}
	return results
}

// Polling says when to ask for an event (source: "Subscribing to
// notifications").
type Polling struct {
	// First is the wait for a notification, before the first question.
	First time.Duration
	// Between is the wait between questions; Apple wants at least 30 s.
	Between time.Duration
	// Stuck is the age at which an event that is still PENDING is given up:
	// the request is made again.
	Stuck time.Duration
}

// ApplePolling is Apple's rule. Where notifications can not arrive, there is
// nothing to wait for before the first question but the usual time between.
func ApplePolling(subscribed bool) Polling {
	p := Polling{First: 5 * time.Minute, Between: 30 * time.Second, Stuck: 10 * time.Minute}
	if !subscribed {
		p.First = p.Between
	}
	return p
}

// Next tells how long to wait before the next question about a submission
// that was taken at, and last asked for at asked (zero: never), and whether
// one that is still PENDING then has to be given up.
func (p Polling) Next(taken, asked, now time.Time) (wait time.Duration, stuck bool) {
	if asked.IsZero() {
		return max(taken.Add(p.First).Sub(now), 0), false
	}
	return max(asked.Add(p.Between).Sub(now), 0), !asked.Before(taken.Add(p.Stuck))
}

// ErrStuck is an event that stays PENDING: make the request again.
var ErrStuck = errors.New("the event at Apps and Books does not end")

// Await asks for a submission's event by the rule until it has ended. A value
// on heard (a notification came; nil: none can) ends the first wait; the waits
// between questions are Apple's wish. Errors that may pass are waited out.
func (c *Client) Await(ctx context.Context, s Submission, p Polling, heard <-chan struct{}) (Event, error) {
	var asked time.Time
	e := Event{ID: s.EventID, State: Pending}
	for {
		wait, stuck := p.Next(s.At, asked, time.Now())
		if stuck {
			return e, ErrStuck
		}
		if err := until(ctx, wait, heard); err != nil {
			return e, err
		}
		asked, heard = time.Now(), nil
		now, err := c.EventStatus(ctx, s.EventID)
		if failed, ok := errors.AsType[*Error](err); ok && failed.Class == Retry {
			continue
		}
		if err != nil {
			return e, err
		}
		if e = now; e.State == Complete || e.State == Failed {
			return e, nil
		}
	}
}

// until waits for whichever comes first.
func until(ctx context.Context, wait time.Duration, heard <-chan struct{}) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-heard:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
