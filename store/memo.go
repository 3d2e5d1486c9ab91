package store

import (
	"context"
	"errors"
	"sync"
	"time"
)

// memo keeps counts of very large things, so that nobody waits for a count
// that was made before: what is old is shown once more, and counted anew
// meanwhile. Nothing but figures for people to read may come from here.
type memo struct {
	mu     sync.Mutex
	kept   map[string]*keptValue
	closed bool
	stop   context.CancelFunc
	ctx    context.Context //nolint:containedctx // what is counted behind a page outlives the page
	making sync.WaitGroup
}

type keptValue struct {
	mu    sync.Mutex
	at    time.Time // when the making of value began; zero: there is none
	old   bool      // forget was called since that making began
	value any
	// flight is the making that goes on, nil without one.
	flight *flight
}

// flight is one making of a value, for all who ask meanwhile.
type flight struct {
	done  chan struct{}
	value any
	err   error
	// kept: whoever came later may have the value too.
	kept bool
}

const (
	// patience is how long a look waits for a newer count than the one at hand.
	patience = 40 * time.Millisecond
	// onceMore is for how long after its life a count is shown once more.
	onceMore = time.Minute
	// longestCount ends a count that leads nowhere.
	longestCount = time.Minute
)

// keep returns the value of a key that is younger than life, or makes it, and
// keeps it where that is worth it. Where there is one that is older, it makes
// another, and returns the old one if that takes long.
func keep[T any](ctx context.Context, m *memo, key string, life time.Duration, worth func(T) bool, create func(context.Context) (T, error)) (T, error) {
	one := m.entry(key)
	one.mu.Lock()
	last, has := one.value.(T)
	age := time.Since(one.at)
	if has && age < life && !one.old && one.flight == nil {
		one.mu.Unlock()
		return last, nil
	}
	current, joined := one.flight, one.flight != nil
	if !joined {
		current = takeOff(m, one, worth, create)
	}
	one.mu.Unlock()
	var enough <-chan time.Time
	if has && age < life+onceMore {
		enough = time.After(patience)
	}
	select {
	case <-current.done:
	case <-enough:
		return last, nil
	case <-ctx.Done():
		return last, mapError(ctx, ctx.Err())
	}
	if joined && !current.kept { // it may have begun before what the caller knows of
		return keep(ctx, m, key, life, worth, create)
	}
	value, _ := current.value.(T)
	return value, current.err
}

// errMemoClosed is what who asks a closed store is told.
var errMemoClosed = errors.New("the store is closed")

// takeOff begins to make a value, apart from the page that asked for it. The
// caller holds the lock of one.
func takeOff[T any](m *memo, one *keptValue, worth func(T) bool, create func(context.Context) (T, error)) *flight {
	f, begun := &flight{done: make(chan struct{})}, time.Now()
	one.flight, one.old = f, false
	land := func(value T, err error) {
		f.value, f.err, f.kept = value, err, err != nil || worth(value)
		if err == nil {
			one.value, one.at = nil, begun
		}
		if err == nil && f.kept {
			one.value = value
		}
		one.flight = nil
		close(f.done)
	}
	ctx, open := m.begin()
	if !open {
		var none T
		land(none, errMemoClosed)
		return f
	}
	go func() {
		defer m.making.Done()
		ctx, cancel := context.WithTimeout(ctx, longestCount)
		defer cancel()
		value, err := create(ctx)
		one.mu.Lock()
		defer one.mu.Unlock()
		land(value, err)
	}()
	return f
}

// begin is where a making goes on: until the store is closed.
func (m *memo) begin() (ctx context.Context, open bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, false
	}
	if m.stop == nil {
		m.ctx, m.stop = context.WithCancel(context.Background())
	}
	m.making.Add(1)
	return m.ctx, true
}

// close ends what is being counted, and waits for it.
func (m *memo) close() {
	m.mu.Lock()
	m.closed = true
	if m.stop != nil {
		m.stop()
	}
	m.mu.Unlock()
	m.making.Wait()
}

// maxKept bounds the keys; when there are more, all are forgotten.
const maxKept = 1000

func (m *memo) entry(key string) *keptValue {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil || len(m.kept) >= maxKept {
		m.kept = map[string]*keptValue{}
	}
	one := m.kept[key]
	if one == nil {
		one = &keptValue{}
		m.kept[key] = one
	}
	return one
}

// forget makes everything old: what this process changes is counted anew at
// the next look.
func (m *memo) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, one := range m.kept {
		one.mu.Lock()
		one.old = true
		one.mu.Unlock()
	}
}
