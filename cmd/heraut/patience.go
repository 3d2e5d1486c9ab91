package main

import (
	"context"
	"errors"
	"net/http"
	"time"
)

const (
	// watchPause is between two looks at tasks, followPause at an import.
	watchPause  = time.Second
	followPause = 300 * time.Millisecond
	// longestAway is how long the API may be away: a restart takes less.
	longestAway = time.Minute
)

// patience bears with an API that is away for a while.
type patience struct{ since time.Time }

// allows tells whether the fault may pass by itself, and has not lasted too
// long.
func (p *patience) allows(err error) bool {
	_, away := errors.AsType[unreachableError](err)
	problem, refused := errors.AsType[*apiError](err)
	if !away && (!refused || problem.Status < 500 && problem.Status != http.StatusTooManyRequests) {
		return false
	}
	if p.since.IsZero() {
		p.since = time.Now()
	}
	return time.Since(p.since) < longestAway
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
