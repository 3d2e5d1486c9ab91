package appsbooks_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestNoSecondHasMoreThanTheLimit(t *testing.T) {
	for _, limit := range []int{1, 15, 40} {
		at := appsbooks.Departures(limit, 10*time.Second)
		require.Greater(t, len(at), 8*limit, "and little less")
		for i, first := range at {
			within := 0
			for _, other := range at[i:] {
				if other.Sub(first) < time.Second {
					within++
				}
			}
			require.LessOrEqual(t, within, limit)
		}
	}
}

func TestManyRequestsAtOnceAllSucceed(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{Limits: map[string]int{"maxRequestPerSecond": 30}}, func(o *appsbooks.Options) {
		o.Patience = time.Minute // a machine that stalls squeezes requests together
	})
	var wg sync.WaitGroup
	for range 45 {
		wg.Go(func() {
			if _, err := p.client.ClientConfig(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.GreaterOrEqual(t, p.paths("/client/config"), 45)
}

func TestLimitThatProcessesShare(t *testing.T) {
	var turns, perSecond atomic.Int64
	p := newPlace(t, appsbookssim.Options{}, func(o *appsbooks.Options) {
		o.Turn = func(_ context.Context, n int) error {
			perSecond.Store(int64(n))
			if turns.Add(1) > 2 {
				return errors.New("no turn left")
			}
			return nil
		}
	})
	for range 2 {
		_, err := p.client.ClientConfig(t.Context())
		require.NoError(t, err)
	}
	_, err := p.client.ClientConfig(t.Context())
	require.EqualError(t, err, "no turn left")
	require.Equal(t, 2, p.paths("/client/config"))
	require.Equal(t, int64(100_000), perSecond.Load())
}
