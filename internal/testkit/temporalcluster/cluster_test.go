package temporalcluster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"heraut/internal/testkit/temporalcluster"
)

const taskQueue = "temporalcluster"

func greet(ctx workflow.Context, name string) (string, error) {
	err := workflow.Sleep(ctx, time.Millisecond)
	return "hello " + name, err
}

func TestWorkflowsRunOnTheCluster(t *testing.T) {
	cluster := temporalcluster.Start(t)
	c, err := client.DialContext(t.Context(), client.Options{HostPort: cluster.Address(), Namespace: temporalcluster.Namespace})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	w := worker.New(c, taskQueue, worker.Options{})
	w.RegisterWorkflow(greet)
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)

	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "greet", TaskQueue: taskQueue}, greet, "Anna")
	require.NoError(t, err)
	var greeting string
	require.NoError(t, run.Get(t.Context(), &greeting), cluster.Output())
	require.Equal(t, "hello Anna", greeting)

	require.Eventually(t, func() bool {
		counted, err := c.CountWorkflow(t.Context(), &workflowservice.CountWorkflowExecutionsRequest{
			Namespace: temporalcluster.Namespace, Query: "ExecutionStatus = 'Completed'",
		})
		return err == nil && counted.GetCount() == 1
	}, time.Minute, 50*time.Millisecond, "visibility has its own database")
}

func TestTheClusterComesBackAfterItsDeath(t *testing.T) {
	cluster := temporalcluster.Start(t)
	c, err := client.DialContext(t.Context(), client.Options{HostPort: cluster.Address(), Namespace: temporalcluster.Namespace})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "lasting", TaskQueue: taskQueue}, greet, "Anna")
	require.NoError(t, err)

	cluster.Kill(t)
	cluster.Restart(t)

	found, err := c.DescribeWorkflowExecution(t.Context(), "lasting", "")
	require.NoError(t, err)
	require.Equal(t, run.GetRunID(), found.GetWorkflowExecutionInfo().GetExecution().GetRunId())
}
