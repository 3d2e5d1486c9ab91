package invitation

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
)

// TestMoves holds the whole table of legal moves.
func TestMoves(t *testing.T) {
	for _, from := range States {
		for _, to := range States {
			want := from.Open() && (!to.Open() ||
				from == Queued && (to == Sent || to == Shown) || from == Sent && to == Shown)
			require.Equal(t, want, MayMove(from, to), "%s to %s", from, to)
		}
	}
	require.False(t, MayMove("", Sent))
	require.False(t, MayMove(Sent, "lost"))
}

func TestStates(t *testing.T) {
	require.Equal(t, States, slices.Concat(OpenStates, SettledStates))
	require.False(t, State("lost").Known())
	require.Equal(t, Accepted, Accept.State())
	require.Equal(t, Declined, Decline.State())
	require.False(t, Answer("perhaps").Known())
}

func TestRoutes(t *testing.T) {
	require.Equal(t, RouteMDM, RouteOf(ChannelMDM))
	require.Equal(t, RouteAlert, RouteOf(ChannelAlert))
	require.Equal(t, RouteMail, RouteOf(ChannelMail))
	require.False(t, ChannelMail.Push())
	require.Equal(t, "invite-group-s", WorkflowID(Send{ID: "s", GroupID: "g"}))
	require.Equal(t, "invite-user-u", WorkflowID(Send{ID: "s", UserID: "u"}))
}

func TestFilterCheck(t *testing.T) {
	require.NoError(t, Filter{State: Sent}.Check())
	require.True(t, fault.Is(Filter{State: "lost"}.Check(), fault.InvalidRequest))
}

func TestStaleErrorIsAFault(t *testing.T) {
	err := error(&StaleError{})
	require.Equal(t, fault.PlanStale, fault.CodeOf(err))
	require.NotEmpty(t, err.Error())
}
