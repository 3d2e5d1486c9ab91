package appsbookssim

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"

	"heraut/simulator/scriptfile"
)

// Script is a list of faults, as JSON: {"rules":[{"path":"/users/create",
// "count":2,"status":503,"number":9729,"retry_after":"30"}],
// "notifications":[{"type":"USER_ASSOCIATED","do":"double"}]}. The first rule
// that applies decides.
type Script struct {
	Rules         []Rule       `json:"rules"`
	Notifications []NotifyRule `json:"notifications"`
}

// Rule is one fault of requests. Empty conditions match every request.
type Rule struct {
	Method string `json:"method,omitempty"`
	// Path is a pattern of path.Match, below the service's base.
	Path string `json:"path,omitempty"`
	// Skip lets that many matching requests pass first.
	Skip int `json:"skip,omitempty"`
	// Count ends the rule after that many requests; 0 means never.
	Count int `json:"count,omitempty"`

	// Status and Number are the answer: an error body, under status 200 too.
	// Body replaces it when set.
	Status int    `json:"status,omitempty"`
	Number int    `json:"number,omitempty"`
	Body   string `json:"body,omitempty"`
	// RetryAfter is the header's text, seconds or a date.
	RetryAfter string `json:"retry_after,omitempty"`
	// Break is what happens instead of an answer.
	Break Break `json:"break,omitempty"`
	// Taken does the work before the fault: the sender can not know.
	Taken bool `json:"taken,omitempty"`

	// Event is what becomes of the event that the request starts.
	Event EventFault `json:"event,omitempty"`
	// Targets are who fails by Fail, with Number; empty is all of them.
	Targets []string `json:"targets,omitempty"`
	// Unnamed keeps the failure from saying whom it is about.
	Unnamed bool `json:"unnamed,omitempty"`
	// PageLoop makes every page point at the first.
	PageLoop bool `json:"page_loop,omitempty"`
}

// Break is a way to leave a request without an answer.
type Break string

// The ways.
const (
	// Hang never answers.
	Hang Break = "hang"
	// Reset cuts the connection.
	Reset Break = "reset"
)

// EventFault is what a script makes of an event.
type EventFault string

// The faults.
const (
	// Stuck stays PENDING for ever.
	Stuck EventFault = "stuck"
	// Fail ends as FAILED, for Targets.
	Fail EventFault = "fail"
)

// answers tells whether the rule replaces the answer.
func (r Rule) answers() bool { return r.Break != "" || r.Status != 0 }

// NotifyRule is one fault of notifications.
type NotifyRule struct {
	// Type is a pattern of path.Match: "USER_*".
	Type  string       `json:"type,omitempty"`
	Skip  int          `json:"skip,omitempty"`
	Count int          `json:"count,omitempty"`
	Do    NotifyAction `json:"do"`
}

// NotifyAction is what a script makes of a notification.
type NotifyAction string

// The actions.
const (
	// Lose never delivers it.
	Lose NotifyAction = "lose"
	// Double delivers it twice.
	Double NotifyAction = "double"
	// Forge delivers it with another token than the one that was given, as
	// somebody else would.
	Forge NotifyAction = "forge"
	// Late delivers it after the next one.
	Late NotifyAction = "late"
)

// ReadScript reads a script from JSON; unknown fields are an error.
func ReadScript(r io.Reader) (Script, error) {
	var s Script
	if err := scriptfile.Decode(r, &s); err != nil {
		return Script{}, err
	}
	return s, s.check()
}

func (s Script) check() error {
	for i, rule := range s.Rules {
		if err := rule.check(); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	for i, rule := range s.Notifications {
		if err := rule.check(); err != nil {
			return fmt.Errorf("notification rule %d: %w", i+1, err)
		}
	}
	return nil
}

func (r Rule) check() error {
	if _, err := path.Match(r.Path, ""); err != nil {
		return fmt.Errorf("pattern %q: %w", r.Path, err)
	}
	switch {
	case r.Break != "" && !slices.Contains([]Break{Hang, Reset}, r.Break):
		return fmt.Errorf("break %q is not hang or reset", r.Break)
	case r.Event != "" && !slices.Contains([]EventFault{Stuck, Fail}, r.Event):
		return fmt.Errorf("event %q is not stuck or fail", r.Event)
	case r.Status != 0 && (r.Status < 200 || r.Status > 599):
		return errors.New("give a status from 200 to 599")
	case !r.answers() && r.Event == "" && !r.PageLoop:
		return errors.New("give a status, a break, an event or a page loop")
	case r.Event == Fail && r.Number == 0:
		return errors.New("give the number that the event fails with")
	case r.Skip < 0 || r.Count < 0:
		return errors.New("skip and count are not negative")
	}
	return nil
}

func (r NotifyRule) check() error {
	if _, err := path.Match(r.Type, ""); err != nil {
		return fmt.Errorf("pattern %q: %w", r.Type, err)
	}
	if !slices.Contains([]NotifyAction{Lose, Double, Forge, Late}, r.Do) {
		return fmt.Errorf("do %q is not lose, double, forge or late", r.Do)
	}
	if r.Skip < 0 || r.Count < 0 {
		return errors.New("skip and count are not negative")
	}
	return nil
}
