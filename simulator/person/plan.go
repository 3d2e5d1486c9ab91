package person

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Intent is what a person does about an invitation.
type Intent string

// The intents. Accept and Decline are what the page's buttons send.
const (
	Accept  Intent = "accept"
	Decline Intent = "decline"
	Ignore  Intent = "ignore"
)

// Plan is how a person reacts.
type Plan struct {
	Intent Intent
	// After is how long the person lets a message lie.
	After time.Duration
	// Notice is the message about an invitation that the person acts on: 0 and
	// 1 are the first, 2 is the reminder after it.
	Notice int
}

// Temper is how people of one kind react.
type Temper struct {
	// Accept and Decline are shares of all; the rest ignores invitations.
	Accept, Decline float64
	// Late is the share that acts on a reminder only.
	Late float64
	// Least and Most bound how long a message lies.
	Least, Most time.Duration
}

// Eager people all accept within 90 seconds of the first message.
func Eager() Temper { return Temper{Accept: 1, Least: 5 * time.Second, Most: 90 * time.Second} }

// Usual people accept, six in ten, or decline, or let it be; one in five
// waits for a reminder.
func Usual() Temper {
	return Temper{Accept: 0.6, Decline: 0.15, Late: 0.2, Least: 5 * time.Second, Most: 3 * time.Minute}
}

// Plan makes the plan of the person with an id: always the same for a seed.
func (t Temper) Plan(seed uint64, id string) Plan {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	random := rand.New(rand.NewPCG(seed, h.Sum64()))
	p := Plan{Intent: Ignore, Notice: 1, After: t.Least}
	switch mood := random.Float64(); {
	case mood < t.Accept:
		p.Intent = Accept
	case mood < t.Accept+t.Decline:
		p.Intent = Decline
	}
	if random.Float64() < t.Late {
		p.Notice = 2
	}
	if t.Most > t.Least {
		p.After += time.Duration(random.Int64N(int64(t.Most - t.Least)))
	}
	return p
}
