package activities_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
)

// silence is what nobody has answered.
type silence struct {
	users []string
	err   error
}

func (s silence) RepeatSilent(context.Context) ([]string, error) { return s.users, s.err }

func TestReconcileRepeatsWhatNobodyAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		silent  silence
		problem string
	}{
		"all of it": {silence{users: []string{"a", "not-running"}}, ""},
		"a part":    {silence{users: []string{"a"}, err: errors.New("no database")}, "no database"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(&books{open: old("a", "b")})
			h.engine.running = []string{"a", "b"}
			h.Commands = c.silent

			var result activities.ReconcileResult
			err := h.run(t, h.Reconcile, nil, &result)

			require.Equal(t, []string{"wake a"}, h.engine.noted())
			if c.problem != "" {
				require.ErrorContains(t, err, c.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, activities.ReconcileResult{Woken: 1}, result)
		})
	}
}
