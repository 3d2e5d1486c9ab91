package store

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMemoKeepsWhatIsWorthIt(t *testing.T) {
	var m memo
	made := 0
	get := func(key string, life time.Duration, worth bool) int {
		value, err := keep(&m, key, life, func(int) bool { return worth }, func() (int, error) {
			made++
			return made, nil
		})
		require.NoError(t, err)
		return value
	}
	require.Equal(t, []int{1, 1, 2}, []int{get("a", time.Hour, true), get("a", time.Hour, true), get("b", time.Hour, true)})
	require.Equal(t, 3, get("a", 0, true), "too old")
	require.Equal(t, 3, get("a", time.Hour, true))
	m.forget()
	require.Equal(t, []int{4, 5}, []int{get("a", time.Hour, false), get("a", time.Hour, true)})

	wrong := errors.New("wrong")
	_, err := keep(&m, "c", time.Hour, func(int) bool { return true }, func() (int, error) { return 0, wrong })
	require.ErrorIs(t, err, wrong)
	require.Equal(t, 6, get("c", time.Hour, true), "a fault is not kept")
}

func TestMemoMakesOneAtATime(t *testing.T) {
	var m memo
	var all sync.WaitGroup
	made := 0 // the race detector finds two at once
	for range 50 {
		all.Go(func() {
			_, err := keep(&m, "a", time.Hour, func(int) bool { return true }, func() (int, error) {
				made++
				return made, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Equal(t, 1, made)
}

func TestMemoStaysSmall(t *testing.T) {
	var m memo
	for i := range 3 * maxKept {
		_, err := keep(&m, string(rune(i)), time.Hour, func(int) bool { return true }, func() (int, error) { return i, nil })
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(m.kept), maxKept)
}
