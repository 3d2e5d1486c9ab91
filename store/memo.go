package store

import (
	"sync"
	"time"
)

// memo keeps counts of very large things for a moment: who looks again and
// again does not make the database count again and again. Nothing but figures
// for people to read may come from here.
type memo struct {
	mu   sync.Mutex
	kept map[string]*keptValue
}

type keptValue struct {
	mu    sync.Mutex // held while the value is made: others wait for it
	at    time.Time
	value any
}

// keep returns the value of a key that is younger than life, or makes it, and
// keeps it where that is worth it.
func keep[T any](m *memo, key string, life time.Duration, worth func(T) bool, create func() (T, error)) (T, error) {
	one := m.entry(key)
	one.mu.Lock()
	defer one.mu.Unlock()
	if value, ok := one.value.(T); ok && time.Since(one.at) < life {
		return value, nil
	}
	begun := time.Now()
	value, err := create()
	if err == nil && worth(value) {
		one.value, one.at = value, begun
	}
	return value, err
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

// forget drops everything: what this process changes, it shows at once.
func (m *memo) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = nil
}
