package worker_test

import (
	"errors"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"

	"heraut/worker"
)

// saved is where the replay test of package workflows reads histories.
const saved = "../workflows/testdata/histories"

// A saved history is never edited: a run with this flag adds those that are
// missing. A new order of things gets a story under a new name.
var update = flag.Bool("update", false, "save the histories of stories that have none yet")

func TestStories(t *testing.T) {
	for name, tell := range stories {
		t.Run(name, func(t *testing.T) {
			s := newIdleSchool(t)
			events := s.history(tell(s))

			replayer := sdkworker.NewWorkflowReplayer()
			worker.RegisterWorkflows(replayer)
			logger := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
			require.NoError(t, replayer.ReplayWorkflowHistory(logger, &history.History{Events: events}))

			file := filepath.Join(saved, name+".json")
			if _, err := os.Stat(file); *update && errors.Is(err, os.ErrNotExist) {
				save(t, file, events)
			}
			require.FileExists(t, file, "save it with go test ./worker -run TestStories -update")
		})
	}
}

func save(t *testing.T, file string, events []*history.HistoryEvent) {
	t.Helper()
	text, err := temporalproto.CustomJSONMarshalOptions{Indent: "  "}.Marshal(&history.History{Events: events})
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, append(text, '\n'), 0o644))
}

// history is the history of the last run of a workflow.
func (s *school) history(workflowID string) []*history.HistoryEvent {
	s.t.Helper()
	return s.historyOf(workflowID, "")
}

func (s *school) historyOf(workflowID, runID string) []*history.HistoryEvent {
	s.t.Helper()
	var events []*history.HistoryEvent
	iterator := s.client.GetWorkflowHistory(s.t.Context(), workflowID, runID, false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for iterator.HasNext() {
		event, err := iterator.Next()
		require.NoError(s.t, err)
		events = append(events, event)
	}
	return events
}

// allRuns are the histories of a workflow and of the runs that it continued
// from, the last one first.
func (s *school) allRuns(workflowID string) [][]*history.HistoryEvent {
	s.t.Helper()
	var runs [][]*history.HistoryEvent
	for runID := ""; ; {
		events := s.historyOf(workflowID, runID)
		runs = append(runs, events)
		runID = events[0].GetWorkflowExecutionStartedEventAttributes().GetContinuedExecutionRunId()
		if runID == "" {
			return runs
		}
	}
}
