package throttle_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/throttle"
)

// clock is a clock that a test moves; it is not for concurrent use.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newLimiter(r throttle.Rate) (*throttle.Limiter, *clock) {
	c := &clock{time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}
	return throttle.New(r, c.now), c
}

func TestAllowanceIsSpentAndComesBack(t *testing.T) {
	l, c := newLimiter(throttle.Rate{PerSecond: 0.5, Burst: 3})
	for range 3 {
		require.True(t, l.Left("a"))
		require.Zero(t, l.Take("a"))
	}
	require.False(t, l.Left("a"))
	require.Equal(t, 2*time.Second, l.Take("a"))
	require.Zero(t, l.Take("b"), "others are not held back")
	c.at = c.at.Add(1500 * time.Millisecond)
	require.Equal(t, 500*time.Millisecond, l.Take("a"), "asking in vain costs nothing")
	c.at = c.at.Add(500 * time.Millisecond)
	require.Zero(t, l.Take("a"))
	c.at = c.at.Add(time.Hour)
	for range 3 {
		require.Zero(t, l.Take("a"))
	}
	require.NotZero(t, l.Take("a"), "no more than the burst is saved up")
}

func TestRefund(t *testing.T) {
	l, _ := newLimiter(throttle.Rate{PerSecond: 1, Burst: 1})
	for range 9 {
		require.Zero(t, l.Take("a"))
		l.Refund("a")
	}
	l.Refund("a")
	require.Zero(t, l.Take("a"))
	require.NotZero(t, l.Take("a"), "a refund gives no more than there was")
}

func TestClockSetBackGivesNothing(t *testing.T) {
	l, c := newLimiter(throttle.Rate{PerSecond: 1, Burst: 1})
	require.Zero(t, l.Take("a"))
	c.at = c.at.Add(-time.Hour)
	require.NotZero(t, l.Take("a"))
	c.at = c.at.Add(time.Second)
	require.Zero(t, l.Take("a"))
}

func TestManyNamesShareWhatIsLeft(t *testing.T) {
	l, c := newLimiter(throttle.Rate{PerSecond: 1, Burst: 2})
	for n := range 10_000 {
		require.Zero(t, l.Take(strconv.Itoa(n)))
	}
	require.Zero(t, l.Take("late 1"))
	require.Zero(t, l.Take("late 2"))
	require.NotZero(t, l.Take("late 3"), "those past the bound have one allowance")
	require.Zero(t, l.Take("7"), "who is known keeps an own one")
	c.at = c.at.Add(10 * time.Second)
	for range 2 {
		require.Zero(t, l.Take("late 4"))
		require.Zero(t, l.Take("late 5"), "whole allowances are forgotten, and make room")
	}
}

func TestManyAtOnce(t *testing.T) {
	l, _ := newLimiter(throttle.Rate{PerSecond: 1, Burst: 5})
	var taken atomic.Int32
	var all sync.WaitGroup
	for range 64 {
		all.Go(func() {
			if l.Take("a") == 0 {
				taken.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 5, taken.Load())
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "::ffff:192.0.2.1": "192.0.2.1", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "nonsense": "nonsense",
	} {
		require.Equal(t, want, throttle.Network(address), address)
	}
}
