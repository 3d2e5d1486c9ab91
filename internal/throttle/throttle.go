// Package throttle holds back who asks too often: strangers by their network,
// API keys, logins. What it remembers is bounded and lives in this process.
package throttle

import (
	"math"
	"sync"
	"time"
)

// Rate is how many takings a second are allowed, and how many at once.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxNames bounds memory; names past it share one allowance.
const maxNames = 10_000

// Limiter counts takings by name (a key's id, a network, a login). It is safe
// for concurrent use.
type Limiter struct {
	rate Rate
	now  func() time.Time

	mu    sync.Mutex
	names map[string]*bucket
	rest  *bucket
	swept time.Time
}

// bucket holds what a name has left.
type bucket struct {
	left float64
	at   time.Time
}

// New makes a limiter; now is the clock, nil for the machine's.
func New(r Rate, now func() time.Time) *Limiter {
	if now == nil {
		now = time.Now
	}
	return &Limiter{rate: r, now: now, names: map[string]*bucket{}, rest: &bucket{left: float64(r.Burst)}}
}

// Take takes one off the name's allowance and returns 0; where none is left it
// takes nothing and returns how long to wait for the next.
func (l *Limiter) Take(name string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name)
	if b.left >= 1 {
		b.left--
		return 0
	}
	wait := (1 - b.left) / l.rate.PerSecond * float64(time.Second)
	return time.Duration(math.Ceil(wait))
}

// Left tells whether the name has anything left, and takes nothing.
func (l *Limiter) Left(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucket(name).left >= 1
}

// Refund gives back what Take took, for what turned out to be no offence.
func (l *Limiter) Refund(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(name)
	b.left = min(b.left+1, float64(l.rate.Burst))
}

// bucket is the name's own, filled up to this moment.
func (l *Limiter) bucket(name string) *bucket {
	now := l.now()
	b, known := l.names[name]
	if !known {
		if b = l.rest; len(l.names) < maxNames || l.sweep(now) {
			b = &bucket{left: float64(l.rate.Burst), at: now}
			l.names[name] = b
		}
	}
	l.fill(b, now)
	return b
}

func (l *Limiter) fill(b *bucket, now time.Time) {
	if passed := now.Sub(b.at).Seconds(); passed > 0 { // a clock that was set back gives nothing
		b.left = min(b.left+passed*l.rate.PerSecond, float64(l.rate.Burst))
	}
	b.at = now
}

// sweepEvery keeps a flood of names from being swept through at each of them.
const sweepEvery = time.Second

// sweep forgets the names whose allowance is whole again, and tells whether
// that made room.
func (l *Limiter) sweep(now time.Time) bool {
	if now.Sub(l.swept) < sweepEvery {
		return false
	}
	l.swept = now
	for name, b := range l.names {
		l.fill(b, now)
		if b.left >= float64(l.rate.Burst) {
			delete(l.names, name)
		}
	}
	return len(l.names) < maxNames
}
