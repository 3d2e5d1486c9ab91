package mdm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm"
)

// silent are devices that say nothing.
type silent struct {
	left int
	err  error
}

func (s *silent) ClaimWakes(_ context.Context, after time.Duration, limit int) ([]invitation.Message, error) {
	if after != 24*time.Hour {
		return nil, errors.New("once a day")
	}
	n := min(limit, s.left)
	s.left -= n
	return make([]invitation.Message, n), s.err
}

func TestSilentDevicesAreWoken(t *testing.T) {
	devices, woken := &silent{left: 450}, 0
	require.NoError(t, mdm.WakeSilent(t.Context(), devices, func(context.Context, invitation.Message) invitation.Outcome {
		woken++
		return invitation.Outcome{Class: invitation.TokenDead}
	}))
	require.Equal(t, 450, woken, "one that can not be woken holds up nobody")
	require.Zero(t, devices.left)
}

func TestSilentDevicesWaitForTheRoute(t *testing.T) {
	devices, tried := &silent{left: 450}, 0
	down := func(context.Context, invitation.Message) invitation.Outcome {
		tried++
		return invitation.Outcome{Class: invitation.RouteDown}
	}
	require.NoError(t, mdm.WakeSilent(t.Context(), devices, down))
	require.Equal(t, 1, tried)

	devices.err = errors.New("the database is away")
	require.ErrorContains(t, mdm.WakeSilent(t.Context(), devices, down), "the database is away")
}
