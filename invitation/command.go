package invitation

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Command is an InviteToProgram for one delivery by MDM.
type Command struct {
	// UUID is the CommandUUID: another for each send key, the same for each try.
	UUID       string
	DeliveryID string
	// EnrollmentID names the channel of the device that the command is queued for.
	EnrollmentID string
}

// SilentCommand is a command that a device has said nothing about.
type SilentCommand struct {
	Command

	InvitationID string
	UserID       string
	DeviceID     string
	QueuedAt     time.Time
}

// LaterGenerations is how often the time for an answer doubles.
const LaterGenerations = 6

// AnswerWithin is how long the command of a generation may stay without an
// answer before it is repeated, given the time for the first. It doubles: a
// device that was away shows every one of them when it is back.
func AnswerWithin(first time.Duration, generation int) time.Duration {
	return first << min(max(generation, 0), LaterGenerations)
}

// Report is what a device says about a command: the two keys of the answer to
// InviteToProgram (source: Apple's "Invite to Program Response"), and the
// descriptions in its ErrorChain.
type Report struct {
	Status string // Acknowledged, Error, CommandFormatError, NotNow, Idle
	Result string // InvitationResult: Acknowledged, InvalidProgramID, InvalidInvitationURL
	Words  string
}

// Verdict is what a report means for the invitation.
type Verdict string

// The verdicts.
const (
	// VerdictShown: the device put the invitation before its user.
	VerdictShown Verdict = "shown"
	// VerdictNotNow: the device asks again by itself.
	VerdictNotNow Verdict = "not_now"
	// VerdictRefused: the device will never show this command's invitation.
	VerdictRefused Verdict = "refused"
	// VerdictUnclear: the command is done, and nobody knows what the user saw.
	VerdictUnclear Verdict = "unclear"
	// VerdictNone: the device says nothing about the command.
	VerdictNone Verdict = ""
)

const acknowledged = "Acknowledged"

// Verdict evaluates both keys: Apple does not say which Status comes with an
// InvitationResult that refuses.
func (r Report) Verdict() Verdict {
	switch {
	case r.Status == "NotNow":
		return VerdictNotNow
	case r.Status == "Error", r.Status == "CommandFormatError", r.Result != "" && r.Result != acknowledged:
		return VerdictRefused
	case r.Status != acknowledged:
		return VerdictNone
	case r.Result == acknowledged:
		return VerdictShown
	}
	return VerdictUnclear
}

// Answer is the report in a line for timelines, at most 500 bytes of valid UTF-8.
func (r Report) Answer() string {
	said := r.Status
	if r.Result != "" && r.Result != r.Status {
		said += ", InvitationResult " + r.Result
	}
	if r.Words != "" {
		said += ": " + r.Words
	}
	return oneLine(said, maxAnswer)
}

// Clean returns the report in the sizes that are kept: what a device sends
// can be anything. Addresses are left out, for the one that a device complains
// of holds the invite code.
func (r Report) Clean() Report {
	words := address.ReplaceAllString(r.Words, "[address]")
	return Report{Status: oneLine(r.Status, maxKey), Result: oneLine(r.Result, maxKey), Words: oneLine(words, maxAnswer)}
}

var address = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://[^\s"'<>]+`)

// Limits of what is kept of a report, in bytes.
const (
	maxAnswer = 500
	maxKey    = 64
)

func oneLine(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), breaks), " ")
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

func breaks(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }
