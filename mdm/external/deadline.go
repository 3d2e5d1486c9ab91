package external

import (
	"fmt"
	"time"
)

// Deadlines heal webhooks that were lost: NanoMDM tells each event once and
// forgets it, and it has no call that tells the results of commands or what
// is queued. A command without an answer is queued once more, as a new one.
type Deadlines struct {
	// Answer is how long the first command may stay without an answer; it
	// doubles with each one after it. A device that is merely away shows
	// every one of them when it is back, so it is rather days than minutes.
	Answer time.Duration
	// Generations is how many commands there are at most, the first included.
	Generations int
}

// DefaultDeadlines queue a second command after a day, a third two days later
// and a fourth, the last, four days after that.
func DefaultDeadlines() Deadlines { return Deadlines{Answer: 24 * time.Hour, Generations: 4} }

// Command is what is known of the newest command of a delivery.
type Command struct {
	// Generation is 0 for the first command of a delivery.
	Generation int
	// QueuedAt is when the server took it.
	QueuedAt time.Time
	// NotNowAt is when the device last put it off; zero: never. The server
	// offers such a command again by itself.
	NotNowAt time.Time
	// EnrolledAt is when the device last enrolled anew, which empties its
	// queue at the server; zero when that is not known.
	EnrolledAt time.Time
	// Answered tells that a final answer came: Acknowledged or an error.
	Answered bool
}

// Step is what is to be done about a command.
type Step string

// The steps. None of them means that the invitation was shown, and none that
// it was accepted: without an answer it stays sent.
const (
	// Leave: nothing is to be done any more.
	Leave Step = "leave"
	// Wait: nothing is to be done before the time that comes with it.
	Wait Step = "wait"
	// Again: the next generation is to be queued now.
	Again Step = "again"
)

// Next tells what is to be done about a command at a time, and until when to
// wait. It is for invitations that are open: of a settled one the caller does
// not ask.
func (d Deadlines) Next(c Command, now time.Time) (Step, time.Time) {
	if c.Answered {
		return Leave, time.Time{}
	}
	if c.EnrolledAt.After(c.QueuedAt) {
		// The command is gone for certain, so this is not a guess that
		// Generations would bound.
		return Again, now
	}
	if c.Generation+1 >= d.Generations {
		return Leave, time.Time{}
	}
	if due := c.heard().Add(d.Answer << c.Generation); now.Before(due) {
		return Wait, due
	}
	return Again, now
}

func (c Command) heard() time.Time {
	if c.NotNowAt.After(c.QueuedAt) {
		return c.NotNowAt
	}
	return c.QueuedAt
}

// CommandKey is the key that the CommandUUID of a generation is made from:
// the send key itself for the first, so that an attempt whose end is not
// known is repeated under the uuid that it had.
func CommandKey(sendKey string, generation int) string {
	if generation <= 0 {
		return sendKey
	}
	return fmt.Sprintf("%s/again/%d", sendKey, generation)
}
