package workflows_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/invitation"
	"heraut/workflows"
)

// walk runs a send of so many pages of ten targets, each of which takes a
// while, and returns in what order pages left ("page") and users were started
// ("start").
func walk(t *testing.T, pages int, each time.Duration) (order []string, started []activities.PageInput) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	var a *activities.Activities
	env.OnActivity(a.WriteAndDeliver, mock.Anything, mock.Anything).After(each).Return(
		func(_ context.Context, in activities.WritePageInput) (activities.WritePageResult, error) {
			order = append(order, "page")
			return activities.WritePageResult{To: in.From + 10, Last: in.From+10 == 10*pages}, nil
		})
	env.OnActivity(a.StartUsers, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.PageInput) error {
		order = append(order, "start")
		started = append(started, in)
		return nil
	})
	env.OnActivity(a.LookAtSend, mock.Anything, mock.Anything).Return(func(context.Context, activities.SendInput) (activities.HaltResult, error) {
		if len(started) > 0 && started[len(started)-1].To == 10*pages {
			return activities.HaltResult{Halt: invitation.HaltOver}, nil
		}
		return activities.HaltResult{}, nil
	})
	env.ExecuteWorkflow(workflows.InviteGroup, workflows.InviteGroupInput{SendID: "s", Rules: workflows.Rules})
	require.True(t, env.IsWorkflowCompleted())
	require.NoError(t, env.GetWorkflowError())
	return order, started
}

// requireAll checks that each target's user was started once, in order.
func requireAll(t *testing.T, started []activities.PageInput, targets int) {
	t.Helper()
	from := 0
	for _, in := range started {
		require.Equal(t, from, in.From)
		require.Greater(t, in.To, in.From)
		from = in.To
	}
	require.Equal(t, targets, from)
}

func TestMessagesGoBeforeStarts(t *testing.T) {
	order, started := walk(t, 3, time.Second)

	require.Equal(t, []string{"page", "page", "page", "start"}, order)
	requireAll(t, started, 30)
}

func TestStartsComeInBatches(t *testing.T) {
	_, started := walk(t, 20, time.Second)

	require.Len(t, started, 3)
	requireAll(t, started, 200)
}

func TestStartsGoBesideSlowPages(t *testing.T) {
	order, started := walk(t, 3, time.Minute)

	require.Equal(t, "start", order[1])
	requireAll(t, started, 30)
}

func TestStartsDoNotWaitForLong(t *testing.T) {
	order, started := walk(t, 200, time.Second)

	require.Less(t, len(started), 200)
	require.Contains(t, order[:130], "start")
	requireAll(t, started, 2000)
}
