package external

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"heraut/people"
)

const (
	// rememberFor is how long check-ins of a device are remembered: they
	// overtake each other by moments, and by more when we were away.
	rememberFor = time.Hour
	// rememberAtMost bounds how many devices are remembered.
	rememberAtMost = 100_000
)

// overtaken remembers check-ins that may have overtaken an Authenticate.
// NanoMDM sends every event by itself, so that a TokenUpdate can come when
// nobody knows its device yet; the ledger, which orders the rest by its times,
// has nothing to keep it with.
type overtaken struct {
	mu      sync.Mutex
	devices map[string]*past
	swept   time.Time
}

// past is what was told of one device lately.
type past struct {
	heard    time.Time // by our clock
	left     time.Time
	channels map[string]people.MDMChannel
}

func newOvertaken() *overtaken { return &overtaken{devices: map[string]*past{}} }

// of finds what is remembered of a device; the caller holds the lock.
func (o *overtaken) of(device string) *past {
	now := time.Now()
	o.sweep(now)
	p := o.devices[device]
	if p == nil {
		p = &past{channels: map[string]people.MDMChannel{}}
		o.devices[device] = p
	}
	p.heard = now
	return p
}

// sweep forgets what is old, and everything rather than growing for ever.
func (o *overtaken) sweep(now time.Time) {
	if len(o.devices) >= rememberAtMost {
		clear(o.devices)
	}
	if now.Sub(o.swept) < rememberFor/4 {
		return
	}
	o.swept = now
	for id, p := range o.devices {
		if now.Sub(p.heard) > rememberFor {
			delete(o.devices, id)
		}
	}
}

// renew notes a TokenUpdate.
func (o *overtaken) renew(c people.MDMChannel) {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.of(c.DeviceID)
	if !c.At.Before(p.channels[c.EnrollmentID].At) {
		p.channels[c.EnrollmentID] = c
	}
}

// leave notes a CheckOut.
func (o *overtaken) leave(device string, at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.of(device); at.After(p.left) {
		p.left = at
	}
}

// by lists the channels that were told before an Authenticate of a time,
// renewed after it, and not left since; the oldest first.
func (o *overtaken) by(device string, at time.Time) []people.MDMChannel {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.of(device)
	var list []people.MDMChannel
	for _, c := range p.channels {
		if !c.At.Before(at) && !c.At.Before(p.left) {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b people.MDMChannel) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.EnrollmentID, b.EnrollmentID))
	})
	return list
}
