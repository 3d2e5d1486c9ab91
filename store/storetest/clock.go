package storetest

import (
	"sync"
	"time"
)

// Clock is a database's clock that a test moves.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock makes a clock that stands still.
func NewClock() *Clock {
	return &Clock{at: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
}

// Now is the clock's time, for store.Options.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
