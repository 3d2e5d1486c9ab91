package storetest

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/settings"
)

func (s *campus) turn(r invitation.Route) invitation.RouteTurn {
	s.t.Helper()
	turn, err := s.RouteTurn(s.t.Context(), r, "worker")
	require.NoError(s.t, err)
	return turn
}

func (s *campus) down() time.Duration {
	s.t.Helper()
	until, err := s.RouteDown(s.t.Context(), invitation.RouteMail, "connection refused", 0)
	require.NoError(s.t, err)
	return until.Sub(s.clock.Now())
}

// routeDown: one probe at a time, with growing waits.
func routeDown(s *campus) {
	mail := invitation.RouteMail
	require.True(s.t, s.turn(mail).Up)
	began := s.clock.Now()
	require.Equal(s.t, 2*time.Second, s.down())
	require.Equal(s.t, 2*time.Second, s.down(), "another worker found the same")
	require.Equal(s.t, invitation.RouteTurn{Wait: 2 * time.Second, Reason: "connection refused"}, s.turn(mail))
	require.True(s.t, s.turn(invitation.RouteAlert).Up, "other routes are others")

	for _, seconds := range []int{4, 8, 16, 32, 60, 60} {
		s.clock.Advance(s.turn(mail).Wait)
		require.True(s.t, s.turn(mail).Probe)
		require.False(s.t, s.turn(mail).Probe, "one probe at a time")
		require.Equal(s.t, seconds, int(s.down()/time.Second))
	}
	state, err := s.RouteState(s.t.Context(), mail)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.RouteState{
		Route: mail, DownSince: began, Reason: "connection refused", NextProbeAt: s.clock.Now().Add(time.Minute),
	}, state)

	s.clock.Advance(time.Minute)
	require.True(s.t, s.turn(mail).Probe)
	wait := s.turn(mail).Wait
	require.Positive(s.t, wait)
	s.clock.Advance(wait)
	require.True(s.t, s.turn(mail).Probe, "a probe that brought no answer is given out again")
	require.NoError(s.t, s.RouteUp(s.t.Context(), mail))
	require.True(s.t, s.turn(mail).Up)
	require.Equal(s.t, 2*time.Second, s.down(), "the waits begin anew")
}

// routeHeld: nobody tries before the wait is over that the other side asked for.
func routeHeld(s *campus) {
	books := invitation.BooksRoute(location)
	down := func(asked time.Duration) time.Duration {
		s.t.Helper()
		until, err := s.RouteDown(s.t.Context(), books, "9729", asked)
		require.NoError(s.t, err)
		return until.Sub(s.clock.Now())
	}
	held := func() time.Time {
		s.t.Helper()
		state, err := s.RouteState(s.t.Context(), books)
		require.NoError(s.t, err)
		return state.HeldUntil
	}
	require.Equal(s.t, 2*time.Second, down(0))
	require.Zero(s.t, held())
	require.Equal(s.t, time.Hour, down(time.Hour), "found a moment before, without the wait")
	end := s.clock.Now().Add(time.Hour)
	require.Equal(s.t, time.Hour, down(0), "another worker does not shorten it")
	require.Equal(s.t, time.Hour, down(time.Minute))
	require.Equal(s.t, end, held())
	require.Equal(s.t, time.Hour, s.turn(books).Wait)
	s.clock.Advance(time.Hour - time.Second)
	require.False(s.t, s.turn(books).Probe)
	s.clock.Advance(time.Second)
	require.True(s.t, s.turn(books).Probe)
	require.Equal(s.t, 32*time.Second, down(0), "after it the waits are as ever: this is the fifth")
	require.NoError(s.t, s.RouteUp(s.t.Context(), books))
	require.Zero(s.t, held())
}

func routeAtOnce(s *campus) {
	s.down()
	s.clock.Advance(2 * time.Second)
	var probes atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			turn, err := s.RouteTurn(s.t.Context(), invitation.RouteMail, "worker")
			if err != nil {
				s.t.Errorf("asking for a turn: %v", err)
			}
			if turn.Probe {
				probes.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(s.t, 1, probes.Load())
}

// limit sets how many mails leave a minute.
func (s *campus) limit(n int) {
	s.t.Helper()
	mail := settings.DefaultMail()
	mail.PerMinute = n
	_, err := s.PutSetting(s.t.Context(), actor, settings.NameMail, mail, nil, nil)
	require.NoError(s.t, err)
}

func (s *campus) lease(n, want int) time.Time {
	s.t.Helper()
	granted, until, err := s.LeaseMails(s.t.Context(), n)
	require.NoError(s.t, err)
	require.Equal(s.t, want, granted)
	return until
}

func leaseMails(s *campus) {
	s.lease(500, 500) // without a limit
	s.limit(10)
	s.lease(6, 6)
	s.clock.Advance(20 * time.Second)
	s.lease(6, 4)
	until := s.lease(1, 0)
	require.Equal(s.t, s.clock.Now().Add(40*time.Second), until)
	state, err := s.RouteState(s.t.Context(), invitation.RouteMail)
	require.NoError(s.t, err)
	require.Equal(s.t, until, state.LimitedUntil)
	s.clock.Advance(40 * time.Second)
	s.lease(20, 10)
	s.limit(0)
	s.lease(20, 20)
}
