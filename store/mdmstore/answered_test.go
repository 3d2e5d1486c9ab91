package mdmstore

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/micromdm/nanomdm/service"
	"github.com/stretchr/testify/require"

	"heraut/fault"
)

// TestAnswered: a device comes again after what is our fault, and not after
// its own.
func TestAnswered(t *testing.T) {
	for code, status := range map[fault.Code]int{
		fault.InvalidRequest: http.StatusBadRequest,
		fault.Conflict:       http.StatusBadRequest,
		fault.Unavailable:    http.StatusServiceUnavailable,
		fault.NotFound:       0,
	} {
		err := answered(fmt.Errorf("noting something: %w", fault.New(code, "No.")))
		answer, _ := errors.AsType[*service.HTTPStatusError](err)
		if status == 0 {
			require.Nil(t, answer)
			continue
		}
		require.NotNil(t, answer, code)
		require.Equal(t, status, answer.Status)
		require.ErrorContains(t, err, "noting something")
	}
	broken := errors.New("broken")
	require.Equal(t, broken, answered(broken))
	require.NoError(t, answered(nil))
}
