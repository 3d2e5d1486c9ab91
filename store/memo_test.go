package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// counter makes 1, then 2 and so on, each of which takes a while.
type counter struct {
	mu    sync.Mutex
	n     int
	takes time.Duration
	wrong error
}

func (c *counter) next(ctx context.Context) (int, error) {
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.n, c.wrong
}

func always(int) bool { return true }

func never(int) bool { return false }

// looked is what a look at a key shows, for how long it waited.
type looked struct {
	value int
	took  time.Duration
}

func look(t *testing.T, m *memo, key string, worth func(int) bool, c *counter) looked {
	t.Helper()
	begun := time.Now()
	value, err := keep(t.Context(), m, key, 10*time.Second, worth, c.next)
	require.NoError(t, err)
	return looked{value, time.Since(begun)}
}

func TestMemoShowsTheOldWhileItMakesTheNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memo
		defer m.close()
		c := &counter{takes: time.Second}
		require.Equal(t, looked{1, time.Second}, look(t, &m, "a", always, c), "the first look waits")
		require.Equal(t, looked{1, 0}, look(t, &m, "a", always, c))
		require.Equal(t, looked{2, time.Second}, look(t, &m, "b", always, c))

		<-time.After(9 * time.Second)
		require.Equal(t, looked{1, patience}, look(t, &m, "a", always, c), "too old: once more")
		require.Equal(t, looked{1, patience}, look(t, &m, "a", always, c), "not made twice at a time")
		<-time.After(time.Second)
		require.Equal(t, looked{3, 0}, look(t, &m, "a", always, c))

		<-time.After(10*time.Second + onceMore)
		require.Equal(t, looked{4, time.Second}, look(t, &m, "a", always, c), "much too old: waits")
		c.takes = patience / 2
		m.forget()
		require.Equal(t, looked{5, patience / 2}, look(t, &m, "a", always, c), "what is soon made is waited for")
	})
}

func TestMemoForgetsWhatChangedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memo
		defer m.close()
		c := &counter{takes: time.Second}
		go func() {
			<-time.After(time.Second / 2)
			m.forget()
		}()
		require.Equal(t, 1, look(t, &m, "a", always, c).value)
		require.Equal(t, looked{1, patience}, look(t, &m, "a", always, c), "its making began before the change")
		<-time.After(time.Second)
		require.Equal(t, looked{2, 0}, look(t, &m, "a", always, c))
	})
}

func TestMemoKeepsWhatIsWorthIt(t *testing.T) {
	var m memo
	defer m.close()
	c := &counter{}
	require.Equal(t, 1, look(t, &m, "a", never, c).value)
	require.Equal(t, 2, look(t, &m, "a", always, c).value)
	require.Equal(t, 2, look(t, &m, "a", always, c).value)

	wrong := counter{wrong: errors.New("wrong")}
	_, err := keep(t.Context(), &m, "c", time.Hour, always, wrong.next)
	require.ErrorIs(t, err, wrong.wrong)
	require.Equal(t, 3, look(t, &m, "c", always, c).value, "a fault is not kept")
}

func TestMemoMakesOneAtATime(t *testing.T) {
	for worth, want := range map[bool]int{true: 1, false: 50} {
		synctest.Test(t, func(t *testing.T) {
			var m memo
			defer m.close()
			c := &counter{takes: time.Second}
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					_, err := keep(t.Context(), &m, "a", time.Hour, func(int) bool { return worth }, c.next)
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			require.Equal(t, want, c.n, "what is not kept may be older than what its reader knows of")
		})
	}
}

func TestMemoEndsWithItsReaderAndItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memo
		c := &counter{takes: time.Hour}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := keep(ctx, &m, "a", time.Hour, always, c.next)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		m.close() // would wait for an hour
		_, err = keep(t.Context(), &m, "b", time.Hour, always, c.next)
		require.ErrorIs(t, err, errMemoClosed)
		require.Zero(t, c.n)
	})
}

func TestMemoStaysSmall(t *testing.T) {
	var m memo
	defer m.close()
	for i := range 3 * maxKept {
		_, err := keep(t.Context(), &m, string(rune(i)), time.Hour, always, func(context.Context) (int, error) { return i, nil })
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(m.kept), maxKept)
}
