package workflows_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"heraut/workflows"
)

// TestSavedHistoriesReplay holds runs of earlier releases against today's
// workflows. A saved history is never edited; the tests of package worker tell
// new ones.
func TestSavedHistoriesReplay(t *testing.T) {
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 15)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			replayer := worker.NewWorkflowReplayer()
			replayer.RegisterWorkflow(workflows.InviteUser)
			replayer.RegisterWorkflow(workflows.InviteGroup)
			replayer.RegisterWorkflow(workflows.Bulk)
			replayer.RegisterWorkflow(workflows.Reconcile)
			replayer.RegisterWorkflow(workflows.DistributeContent)
			replayer.RegisterWorkflow(workflows.SyncDirectories)
			replayer.RegisterWorkflow(workflows.SyncDirectory)
			logger := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
			require.NoError(t, replayer.ReplayWorkflowHistoryFromJSONFile(logger, file))
		})
	}
}
