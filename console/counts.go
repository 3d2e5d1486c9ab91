package console

import (
	"context"
	"sync"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// overview is what the sidebar needs of the store.
type overview interface {
	// Counts tells how much of everything there is.
	Counts(ctx context.Context) (people.Counts, error)
}

// Counts are the sidebar's numbers.
type Counts struct {
	Users, Groups, Devices, Assets, Active int
	// Marked counts settled invitations whose invited person asks for a new
	// link, Failed those that failed lately: somebody should look at them.
	Marked, Failed int
}

// countsLife is how long numbers are shown before they are counted again: many
// pages in one second count once.
const countsLife = time.Second

// countsCache keeps the numbers that were counted last.
type countsCache struct {
	store overview
	now   func() time.Time

	mu     sync.Mutex
	until  time.Time
	latest Counts
}

func newCountsCache(store overview, now func() time.Time) *countsCache {
	return &countsCache{store: store, now: now}
}

// get counts unless that was done just now.
func (c *countsCache) get(ctx context.Context) (Counts, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Before(c.until) {
		return c.latest, nil
	}
	n, err := c.store.Counts(ctx)
	if err != nil {
		return Counts{}, err
	}
	c.latest = Counts{
		Users: n.Users, Groups: n.Groups, Devices: n.Devices, Assets: n.Assets, Active: n.Tasks(), Marked: n.Marked, Failed: n.Failed,
	}
	c.until = now.Add(countsLife)
	return c.latest, nil
}

// forget makes the next page count anew: something was just changed.
func (c *countsCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = time.Time{}
}

// waitsLife is how long counts of what invitations wait for are shown: they are
// counted by a walk through all that is open.
const waitsLife = 5 * time.Second

// waitsCache keeps what open invitations wait for as it was counted last.
type waitsCache struct {
	store tasksStore
	now   func() time.Time

	mu     sync.Mutex
	until  time.Time
	latest map[invitation.WaitingFor]int
}

// get counts unless that was done just now. The map is for reading.
func (c *waitsCache) get(ctx context.Context) (map[invitation.WaitingFor]int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Before(c.until) {
		return c.latest, nil
	}
	counted, err := c.store.CountWaiting(ctx)
	if err != nil {
		return nil, err
	}
	c.latest, c.until = counted, now.Add(waitsLife)
	return counted, nil
}

// forget makes the next page count anew.
func (c *waitsCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until = time.Time{}
}
