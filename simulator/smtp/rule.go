package smtpsim

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
	"sync"
)

// Phase is a point in the dialogue at which a rule applies.
type Phase string

// The phases. At PhaseDot the message has arrived and is not kept; at
// PhaseAfterDot it is kept, and only the client does not hear of it.
const (
	PhaseConnect  Phase = "connect"
	PhaseEHLO     Phase = "ehlo"
	PhaseStartTLS Phase = "starttls"
	PhaseAuth     Phase = "auth"
	PhaseMail     Phase = "mail"
	PhaseRcpt     Phase = "rcpt"
	PhaseData     Phase = "data"
	PhaseBody     Phase = "body"
	PhaseDot      Phase = "dot"
	PhaseAfterDot Phase = "after-dot"
	PhaseRset     Phase = "rset"
)

// Action is what a rule does.
type Action string

// The actions.
const (
	// ActionReply answers with Code and Text; 421 also closes the connection.
	ActionReply Action = "reply"
	// ActionHang never answers.
	ActionHang Action = "hang"
	// ActionReset cuts the connection with a TCP reset.
	ActionReset Action = "reset"
	// ActionClose closes the connection in good order, without a word.
	ActionClose Action = "close"
	// ActionStrip leaves STARTTLS out of the answer to EHLO, as someone in
	// the middle would; for PhaseEHLO.
	ActionStrip Action = "strip"
)

// Rule is one fault. The first rule that matches is played.
type Rule struct {
	Phase Phase `json:"phase"`
	// Recipient is a pattern as of path.Match for the address, in lower case;
	// empty: all. It is known from RCPT on.
	Recipient string `json:"recipient,omitempty"`
	// Action is ActionReply if empty.
	Action Action `json:"action,omitempty"`
	Code   int    `json:"code,omitempty"`
	Text   string `json:"text,omitempty"`
	// Pad makes the reply that many bytes longer.
	Pad int `json:"pad,omitempty"`
	// Skip is how many matches pass before the rule applies, Count how often
	// it then does; 0: always.
	Skip  int `json:"skip,omitempty"`
	Count int `json:"count,omitempty"`
	// PerRecipient counts Skip and Count for each recipient apart
	// (greylisting: rcpt, 450, count 1, per recipient).
	PerRecipient bool `json:"per_recipient,omitempty"`
	// Probability is between 0 and 1; 0: always.
	Probability float64 `json:"probability,omitempty"`
}

func (r *Rule) text() string {
	text := r.Text
	if text == "" {
		text = "Fault by the script"
	}
	return text + strings.Repeat("x", r.Pad)
}

func (r *Rule) line() string { return fmt.Sprintf("%03d %s\r\n", r.Code, r.text()) }

// script is the rules with how often each was met.
type script struct {
	mu     sync.Mutex
	rules  []Rule
	met    []map[string]int
	played map[Phase]int
	random *rand.Rand
}

// SetRules replaces the fault script; counts begin anew.
func (s *script) SetRules(rules []Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append([]Rule(nil), rules...)
	s.met = make([]map[string]int, len(rules))
	for i := range s.met {
		s.met[i] = make(map[string]int)
	}
	s.played = make(map[Phase]int)
}

// Played tells how many faults were played at a phase since SetRules.
func (s *script) Played(p Phase) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.played[p]
}

// match returns the rule to play, or nil, and counts it.
func (s *script) match(p Phase, recipient string) *Rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.rules {
		rule := &s.rules[i]
		if rule.Phase == p && rule.concerns(recipient) && s.due(i, recipient) {
			s.played[p]++
			found := *rule
			return &found
		}
	}
	return nil
}

func (r *Rule) concerns(recipient string) bool {
	if r.Recipient == "" {
		return true
	}
	matches, err := path.Match(r.Recipient, strings.ToLower(recipient))
	return err == nil && matches
}

func (s *script) due(i int, recipient string) bool {
	rule := &s.rules[i]
	if rule.Probability > 0 && s.random.Float64() >= rule.Probability {
		return false
	}
	key := ""
	if rule.PerRecipient {
		key = recipient
	}
	s.met[i][key]++
	met := s.met[i][key]
	return met > rule.Skip && (rule.Count == 0 || met <= rule.Skip+rule.Count)
}
