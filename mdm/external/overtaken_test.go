package external_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEventsOutOfOrder(t *testing.T) {
	for name, c := range map[string]struct {
		events []object
		story  []string
		tokens []string
	}{
		"in order": {
			[]object{authenticate(minute(0)), tokenUpdate(minute(1), 1), checkOut(minute(2))},
			[]string{"enrolled", "renewed", "left"},
			[]string{"ab01"},
		},
		"the token overtakes the enrollment": {
			[]object{tokenUpdate(minute(1), 1), authenticate(minute(0))},
			[]string{"renewed", "enrolled", "renewed"},
			[]string{"ab01", "ab01"},
		},
		"two tokens overtake it, and each other": {
			[]object{tokenUpdate(minute(2), 2), tokenUpdate(minute(1), 1), authenticate(minute(0))},
			[]string{"renewed", "renewed", "enrolled", "renewed"},
			[]string{"ab02", "ab01", "ab02"},
		},
		"a token of the enrollment before": {
			[]object{tokenUpdate(minute(2), 9), authenticate(minute(3)), tokenUpdate(minute(4), 1)},
			[]string{"renewed", "enrolled", "renewed"},
			[]string{"ab09", "ab01"},
		},
		"the leave overtakes all": {
			[]object{checkOut(minute(2)), tokenUpdate(minute(1), 1), authenticate(minute(0))},
			[]string{"left", "renewed", "enrolled"},
			[]string{"ab01"},
		},
		"an old leave": {
			[]object{tokenUpdate(minute(4), 1), checkOut(minute(2)), authenticate(minute(3))},
			[]string{"renewed", "left", "enrolled", "renewed"},
			[]string{"ab01", "ab01"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHook(t)
			for _, e := range c.events {
				h.take(t, e)
			}
			require.Equal(t, c.story, h.ledger.heard())
			var tokens []string
			for _, r := range h.ledger.renewed {
				tokens = append(tokens, r.Token)
			}
			require.Equal(t, c.tokens, tokens)
		})
	}
}
