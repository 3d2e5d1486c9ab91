package apnssim

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"slices"
	"sync"

	"heraut/simulator/scriptfile"
)

// Script is a list of faults, as JSON: {"rules":[{"token":"ab*","count":3,
// "status":503,"reason":"Shutdown","retry_after":30}]}. The first rule that
// applies to a push decides it; a push that none applies to is taken.
type Script struct {
	Rules []Rule `json:"rules"`
}

// Rule is one fault. Empty conditions match every push.
type Rule struct {
	// Token, Topic and PushType are patterns of path.Match.
	Token    string `json:"token,omitempty"`
	Topic    string `json:"topic,omitempty"`
	PushType string `json:"push_type,omitempty"`
	// Skip lets that many matching pushes pass first.
	Skip int `json:"skip,omitempty"`
	// Count ends the rule after that many pushes; 0 means never.
	Count int `json:"count,omitempty"`
	// Probability in (0, 1] applies the rule to that share of matching
	// pushes; 0 means to all.
	Probability float64 `json:"probability,omitempty"`
	// Status, Reason, Timestamp (milliseconds since 1970) and RetryAfter
	// (seconds) are the answer. Body replaces the JSON answer when set.
	Status     int    `json:"status,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Timestamp  int64  `json:"timestamp,omitempty"`
	RetryAfter int    `json:"retry_after,omitempty"`
	Body       string `json:"body,omitempty"`
	// Break is what happens instead of an answer.
	Break Break `json:"break,omitempty"`
	// Taken takes the push before the fault: the sender can not know.
	Taken bool `json:"taken,omitempty"`
}

// Break is a way to leave a push without an answer.
type Break string

// The ways.
const (
	// Hang never answers.
	Hang Break = "hang"
	// GoAway sends a GOAWAY frame with the rule's reason and closes the connection.
	GoAway Break = "goaway"
	// Reset cuts the connection (TCP RST).
	Reset Break = "reset"
	// ResetStream cancels this push alone (RST_STREAM).
	ResetStream Break = "reset_stream"
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
	return nil
}

func (r Rule) check() error {
	for _, pattern := range []string{r.Token, r.Topic, r.PushType} {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("pattern %q: %w", pattern, err)
		}
	}
	switch {
	case r.Break != "" && !slices.Contains([]Break{Hang, GoAway, Reset, ResetStream}, r.Break):
		return fmt.Errorf("break %q is not hang, goaway, reset or reset_stream", r.Break)
	case r.Break == "" && (r.Status < 200 || r.Status > 599):
		return errors.New("give a status from 200 to 599, or a break")
	case r.Probability < 0 || r.Probability > 1:
		return errors.New("give a probability from 0 to 1")
	case r.Skip < 0 || r.Count < 0 || r.RetryAfter < 0:
		return errors.New("skip, count and retry_after are not negative")
	}
	return nil
}

func (r Rule) matches(n Notification) bool {
	return matches(r.Token, n.Token) && matches(r.Topic, n.Topic) && matches(r.PushType, n.PushType)
}

func matches(pattern, value string) bool {
	ok, err := path.Match(pattern, value)
	return pattern == "" || (ok && err == nil)
}

// faults is a script under way.
type faults struct {
	mu     sync.Mutex
	random *rand.Rand
	rules  []Rule
	met    []int // pushes that each rule matched
	played []int // pushes that each rule decided
}

func (f *faults) seed(seed uint64) { f.random = rand.New(rand.NewPCG(seed, 0)) }

// SetScript replaces the script and its counts.
func (s *Server) SetScript(script Script) error {
	if err := script.check(); err != nil {
		return err
	}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.rules = slices.Clone(script.Rules)
	s.faults.met = make([]int, len(script.Rules))
	s.faults.played = make([]int, len(script.Rules))
	return nil
}

// Played tells how many pushes each rule of the script decided.
func (s *Server) Played() []int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return slices.Clone(s.faults.played)
}

// next finds the rule that decides a push.
func (f *faults) next(n Notification) (Rule, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, rule := range f.rules {
		if !rule.matches(n) || (rule.Count > 0 && f.played[i] >= rule.Count) {
			continue
		}
		f.met[i]++
		if f.met[i] <= rule.Skip || (rule.Probability > 0 && f.random.Float64() >= rule.Probability) {
			continue
		}
		f.played[i]++
		return rule, true
	}
	return Rule{}, false
}
