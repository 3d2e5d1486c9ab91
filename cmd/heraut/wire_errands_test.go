package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

var errAway = errors.New("the engine is away")

// flaky fails as often as told, then works.
func flaky(calls *atomic.Int64, failures int64) func(context.Context) error {
	return func(context.Context) error {
		if calls.Add(1) <= failures {
			return errAway
		}
		return nil
	}
}

func runErrands(t *testing.T) *errands {
	t.Helper()
	e := newErrands(slog.New(slog.DiscardHandler))
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go e.run(ctx)
	return e
}

func TestAnErrandIsRunUntilItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := runErrands(t)
		var once, often atomic.Int64
		require.NoError(t, e.try(t.Context(), "once", flaky(&once, 0)))
		require.ErrorIs(t, e.try(t.Context(), "often", flaky(&often, 4)), errAway)

		<-time.After(time.Minute)
		synctest.Wait()

		require.EqualValues(t, 1, once.Load())
		require.EqualValues(t, 5, often.Load())
		require.Empty(t, e.open)
	})
}

func TestErrandsThatSayTheSameAreOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := runErrands(t)
		var calls atomic.Int64
		for range 3 {
			require.Error(t, e.try(t.Context(), "same", flaky(&calls, 3)))
		}

		<-time.After(time.Minute)
		synctest.Wait()

		require.EqualValues(t, 4, calls.Load())
	})
}

func TestAnErrandThatCameMeanwhileIsKept(t *testing.T) {
	e := newErrands(slog.New(slog.DiscardHandler))
	newer := &errand{}
	older := &errand{do: func(context.Context) error {
		e.add("same", newer)
		return nil
	}}
	e.add("same", older)

	require.Equal(t, 1, e.round(t.Context()))

	require.Same(t, newer, e.open["same"])
}

func TestErrandsAreBounded(t *testing.T) {
	e := newErrands(slog.New(slog.DiscardHandler))
	for i := range mostErrands + 10 {
		e.add(strconv.Itoa(i), &errand{})
	}
	require.Len(t, e.open, mostErrands)
}

func TestErrandsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := runErrands(t)
		var calls atomic.Int64
		require.Error(t, e.try(t.Context(), "never", flaky(&calls, math.MaxInt64)))

		<-time.After(errandLife + time.Minute)
		synctest.Wait()

		require.Empty(t, e.open, "Reconcile has it by now")
		require.Less(t, calls.Load(), int64(60))
	})
}
