package worker_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"heraut/activities"
	"heraut/worker"
	"heraut/workflows"
)

// looks counts how often somebody looks for Apple.
type looks struct {
	activities.Books

	n     atomic.Int32
	begun chan struct{}
	hold  chan struct{}
}

// Locations implements activities.Books: there is none.
func (l *looks) Locations(context.Context) ([]string, error) {
	l.n.Add(1)
	select {
	case l.begun <- struct{}{}:
	default:
	}
	<-l.hold
	return nil, nil
}

// TestWatchDuringALookIsFollowedByAnother: what is told while Heraut looks may
// be newer than what it sees.
func TestWatchDuringALookIsFollowedByAnother(t *testing.T) {
	s := newIdleSchool(t)
	apple := &looks{begun: make(chan struct{}, 1), hold: make(chan struct{})}
	s.deeds.Books, s.deeds.Registrations = apple, s.store
	require.NoError(t, worker.Prepare(t.Context(), s.client, client.DefaultNamespace, worker.Intervals{Watch: time.Hour}))
	t.Cleanup(func() {
		for _, id := range worker.Schedules() {
			require.NoError(t, s.client.ScheduleClient().GetHandle(context.WithoutCancel(t.Context()), id).Delete(context.WithoutCancel(t.Context())))
		}
	})
	s.open()

	require.NoError(t, s.users.WatchNow(t.Context()))
	select {
	case <-apple.begun:
	case <-time.After(time.Minute):
		t.Fatal("nobody looks")
	}
	for range 3 {
		another := &workflows.Client{Temporal: s.client, Namespace: client.DefaultNamespace} // another process
		require.NoError(t, another.WatchNow(t.Context()))
	}
	close(apple.hold)
	s.eventually(func() bool { return apple.n.Load() == 2 }, "another look follows")
}
