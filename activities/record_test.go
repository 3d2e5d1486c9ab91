package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/invitation"
)

// answers plays what recording finds.
type answers struct {
	activities.Ledger
	recorded invitation.Recorded
	err      error
}

func (a *answers) Record(context.Context, string) (invitation.Recorded, error) {
	return a.recorded, a.err
}

func TestRecordTellsWhatIsNextAndWakesSettledSends(t *testing.T) {
	next := invitation.Next{At: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)}
	h := newHouse(&answers{recorded: invitation.Recorded{Next: next, SettledSends: []string{"a", "b"}}})

	var result activities.NextResult
	require.NoError(t, h.run(t, h.Record, activities.UserInput{UserID: "user"}, &result))

	require.Equal(t, next, result.Next)
	require.Equal(t, []string{"wake send a", "wake send b"}, h.engine.noted())
}

func TestRecordNeedsNoEngine(t *testing.T) {
	h := newHouse(&answers{recorded: invitation.Recorded{Next: invitation.Next{Done: true}, SettledSends: []string{"a"}}})
	h.engine.failing = errAway

	var result activities.NextResult
	require.NoError(t, h.run(t, h.Record, activities.UserInput{UserID: "user"}, &result))
	require.True(t, result.Next.Done)
}

func TestRecordFailsWithTheStore(t *testing.T) {
	h := newHouse(&answers{err: errAway})

	err := h.run(t, h.Record, activities.UserInput{UserID: "user"}, nil)

	require.ErrorContains(t, err, "recording for user user: "+errAway.Error())
}
