package mdm_test

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm"
)

// silent are devices that say nothing.
type silent struct {
	left, claimed int
	err, refuses  error

	mu   sync.Mutex
	gone []string
}

func (s *silent) ClaimWakes(_ context.Context, after time.Duration, limit int) ([]invitation.Message, error) {
	if after != 24*time.Hour {
		return nil, errors.New("once a day")
	}
	page := make([]invitation.Message, min(limit, s.left))
	for i := range page {
		page[i].EnrollmentID = strconv.Itoa(s.claimed)
		s.claimed++
	}
	s.left -= len(page)
	return page, s.err
}

func (s *silent) WakeFailed(_ context.Context, id string, since time.Time, words string) (invitation.Woken, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if since.IsZero() || words == "" {
		return invitation.Woken{}, errors.New("APNs said since when, and why")
	}
	s.gone = append(s.gone, id)
	return invitation.Woken{Users: []string{"user of " + id}}, s.refuses
}

// apns answers wake-ups, and counts them.
type apns struct {
	mu     sync.Mutex
	woken  int
	answer func(n int) invitation.Outcome
}

func (a *apns) wake(context.Context, invitation.Message) invitation.Outcome {
	a.mu.Lock()
	n := a.woken
	a.woken++
	a.mu.Unlock()
	return a.answer(n)
}

func always(class invitation.Class) func(int) invitation.Outcome {
	return func(int) invitation.Outcome { return invitation.Outcome{Class: class} }
}

// atOnce bounds what is under way when a run decides to stop.
const atOnce = 10

func TestSilentDevicesAreWoken(t *testing.T) {
	devices, a := &silent{left: 450}, &apns{answer: always(invitation.Taken)}
	users, err := mdm.WakeSilent(t.Context(), devices, a.wake)
	require.NoError(t, err)
	require.Empty(t, users)
	require.Equal(t, 450, a.woken)
	require.Zero(t, devices.left)
}

// TestDevicesThatAreGone: one that can not be woken holds up nobody, and the
// store hears of it.
func TestDevicesThatAreGone(t *testing.T) {
	devices := &silent{left: 120}
	a := &apns{answer: func(n int) invitation.Outcome {
		if n%2 == 1 {
			return invitation.Outcome{Class: invitation.Later}
		}
		return invitation.Outcome{Class: invitation.TokenDead, DeadSince: time.Now(), Answer: "410 Unregistered"}
	}}
	users, err := mdm.WakeSilent(t.Context(), devices, a.wake)
	require.NoError(t, err)
	require.Equal(t, 120, a.woken)
	require.Len(t, devices.gone, 60)
	require.Len(t, users, 60)

	devices.left, devices.refuses = 1, errors.New("the database is away")
	a.woken = 0
	users, err = mdm.WakeSilent(t.Context(), devices, a.wake)
	require.ErrorContains(t, err, "the database is away")
	require.Len(t, users, 1, "who was told of has to be told")
}

func TestSilentDevicesWaitForTheRoute(t *testing.T) {
	devices, a := &silent{left: 450}, &apns{answer: always(invitation.RouteDown)}
	_, err := mdm.WakeSilent(t.Context(), devices, a.wake)
	require.NoError(t, err)
	require.LessOrEqual(t, a.woken, atOnce)
	require.Equal(t, 400, devices.left, "who was not claimed is woken by the next run")

	devices.err = errors.New("the database is away")
	_, err = mdm.WakeSilent(t.Context(), devices, a.wake)
	require.ErrorContains(t, err, "the database is away")
}

// TestSilentDevicesWhileAPNsIsSilent: an APNs that answers nobody is not asked
// for each of ten thousand devices.
func TestSilentDevicesWhileAPNsIsSilent(t *testing.T) {
	devices, a := &silent{left: 10_000}, &apns{answer: always(invitation.Later)}
	_, err := mdm.WakeSilent(t.Context(), devices, a.wake)
	require.NoError(t, err)
	require.LessOrEqual(t, a.woken, 5+atOnce)
	require.Equal(t, 9_950, devices.left)
}

// TestWakingEnds: Reconcile has more to do, also where each push takes long.
func TestWakingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		devices := &silent{left: 10_000}
		slow := func(ctx context.Context, _ invitation.Message) invitation.Outcome {
			select {
			case <-time.After(19 * time.Second):
				return invitation.Outcome{Class: invitation.Taken}
			case <-ctx.Done():
				return invitation.Outcome{Class: invitation.Later}
			}
		}
		began := time.Now() // of a clock that only this test has
		_, err := mdm.WakeSilent(t.Context(), devices, slow)
		require.NoError(t, err)
		require.LessOrEqual(t, time.Since(began), 2*time.Minute)
		require.Greater(t, devices.left, 9_000)
	})
}
