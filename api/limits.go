package api

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"heraut/fault"
)

// Rate is how many requests a second are taken, and how many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// The rates that count where Options say nothing.
var (
	defaultKeyRate     = Rate{PerSecond: 1000, Burst: 4000}
	defaultAddressRate = Rate{PerSecond: 10, Burst: 100}
)

// limiter counts requests by name (a key's id, an address).
type limiter struct {
	rate Rate
	now  func() time.Time

	mu    sync.Mutex
	names map[string]*bucket
	swept time.Time
}

type bucket struct {
	*rate.Limiter

	used time.Time
}

// idle is after how long a name is forgotten: its bucket is full again then.
const idle = 10 * time.Minute

func newLimiter(r, fallback Rate) *limiter {
	if r == (Rate{}) {
		r = fallback
	}
	return &limiter{rate: r, now: time.Now, names: map[string]*bucket{}}
}

// take counts one request and returns how long to wait before the next would
// be taken: 0 when this one is.
func (l *limiter) take(name string) time.Duration {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b, known := l.names[name]
	if !known {
		b = &bucket{Limiter: rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)}
		l.names[name] = b
	}
	b.used = now
	reservation := b.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait > 0 {
		reservation.CancelAt(now)
	}
	return wait
}

func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < idle {
		return
	}
	l.swept = now
	for name, b := range l.names {
		if now.Sub(b.used) >= idle {
			delete(l.names, name)
		}
	}
}

func tooMany(wait time.Duration) error {
	return &limited{fault: fault.New(fault.RateLimited, "Too many requests. Wait a moment."), after: wait}
}
