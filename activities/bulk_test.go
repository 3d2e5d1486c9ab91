package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"heraut/activities"
	"heraut/invitation"
)

// bulks plays the steps of a bulk action.
type bulks struct {
	activities.Ledger
	steps []invitation.BulkStep
	err   error
}

func (b *bulks) StepBulk(context.Context, string, int) (invitation.BulkStep, error) {
	if b.err != nil {
		return invitation.BulkStep{}, b.err
	}
	step := b.steps[0]
	b.steps = b.steps[1:]
	return step, nil
}

func TestBulkGoesStepByStep(t *testing.T) {
	h := newHouse(&bulks{steps: []invitation.BulkStep{
		{Wake: []string{"a", "b"}},
		{Wake: []string{"c"}, Sends: []string{"send"}, Finished: true},
	}})

	require.NoError(t, h.run(t, h.Bulk, activities.BulkInput{BulkID: "bulk"}, nil))

	require.Equal(t, []string{"wake a", "wake b", "wake c", "wake send send"}, h.engine.noted())
}

func TestBulkFailsWithStoreAndEngine(t *testing.T) {
	h := newHouse(&bulks{err: errAway})
	require.ErrorContains(t, h.run(t, h.Bulk, activities.BulkInput{BulkID: "bulk"}, nil), "acting in bulk bulk")

	for _, step := range []invitation.BulkStep{{Wake: []string{"a"}}, {Sends: []string{"send"}}} {
		h = newHouse(&bulks{steps: []invitation.BulkStep{step}})
		h.engine.failing = errAway
		require.ErrorContains(t, h.run(t, h.Bulk, activities.BulkInput{BulkID: "bulk"}, nil), "waking")
	}
}

func TestBulkThatARestoreHoldsBackIsTriedLater(t *testing.T) {
	h := newHouse(&bulks{steps: []invitation.BulkStep{{Held: true}}})

	err := h.run(t, h.Bulk, activities.BulkInput{BulkID: "bulk"}, nil)

	problem, ok := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, ok, err)
	require.Equal(t, activities.TypeHeld, problem.Type())
	require.False(t, problem.NonRetryable())
	require.Equal(t, time.Minute, problem.NextRetryDelay())
	require.Empty(t, h.engine.noted())
}

func TestCancelledBulkStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := newHouse(&bulks{})

	require.ErrorIs(t, h.Bulk(ctx, activities.BulkInput{BulkID: "bulk"}), context.Canceled)
}
