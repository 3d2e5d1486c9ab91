package acceptance_test

import (
	"log/slog"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
)

// engine connects to the Temporal server of the site.
func (s *site) engine() client.Client {
	s.Helper()
	connection, err := client.DialContext(s.Context(), client.Options{HostPort: s.temporal, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	require.NoError(s, err)
	s.Cleanup(connection.Close)
	return connection
}

// completes waits until a workflow's last run has completed.
func (s *site) completes(engine client.Client, workflow string) {
	s.Helper()
	eventually(s, func() bool {
		run, err := engine.DescribeWorkflowExecution(s.Context(), workflow, "")
		return err == nil && run.WorkflowExecutionInfo.Status == enums.WORKFLOW_EXECUTION_STATUS_COMPLETED
	}, "workflow %s completes", workflow)
}
