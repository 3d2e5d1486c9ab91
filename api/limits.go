package api

import (
	"time"

	"heraut/fault"
	"heraut/internal/throttle"
)

// Rate is how many requests a second are taken, and how many at once.
type Rate = throttle.Rate

// The rates that count where Options say nothing.
var (
	defaultKeyRate     = Rate{PerSecond: 1000, Burst: 4000}
	defaultAddressRate = Rate{PerSecond: 10, Burst: 100}
)

func newLimiter(r, fallback Rate) *throttle.Limiter {
	if r == (Rate{}) {
		r = fallback
	}
	return throttle.New(r, nil)
}

func tooMany(wait time.Duration) error {
	return &limited{fault: fault.New(fault.RateLimited, "Too many requests. Wait a moment."), after: wait}
}
