package worker_test

import (
	"context"
	"sync/atomic"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"heraut/activities"
	"heraut/people"
	"heraut/workflows"
)

// directories plays directories of which one is due.
type directories struct {
	due   string
	reads atomic.Int32
	// began is closed by the first read, which then waits for hold.
	began, hold chan struct{}
}

// DueDirectories implements activities.Directories.
func (d *directories) DueDirectories(context.Context) ([]string, error) { return []string{d.due}, nil }

// SyncDirectory implements activities.Directories.
func (d *directories) SyncDirectory(_ context.Context, id string, begin bool) (activities.SyncedDirectory, error) {
	d.reads.Add(1)
	if d.began != nil && begin {
		close(d.began)
		<-d.hold
	}
	return activities.SyncedDirectory{State: people.RunSucceeded, Look: []string{"user-of-" + id}}, nil
}

// bind gives the school a directory whose id is its own: stories share an engine.
func (s *school) bind() *directories {
	d := &directories{due: s.t.Name()}
	s.deeds.Directories, s.deeds.Syncer = d, s.users
	s.open()
	return d
}

func directoriesDue(s *school) string {
	d := s.bind()
	run, err := s.client.ExecuteWorkflow(s.t.Context(), client.StartWorkflowOptions{ID: "due-" + s.t.Name(), TaskQueue: workflows.TaskQueue}, workflows.SyncDirectories)
	require.NoError(s.t, err)
	var result activities.DueResult
	require.NoError(s.t, run.Get(s.t.Context(), &result))
	require.Equal(s.t, 1, result.Started)
	require.Equal(s.t, completed, s.ends(workflows.SyncWorkflowID(d.due)))
	require.EqualValues(s.t, 1, d.reads.Load())
	return run.GetID()
}

// directoryRead is asked for more while it reads: a run that was begun after
// that is not left to the schedule.
func directoryRead(s *school) string {
	d := s.bind()
	d.began, d.hold = make(chan struct{}), make(chan struct{})
	require.NoError(s.t, s.users.StartSync(s.t.Context(), d.due))
	<-d.began
	require.NoError(s.t, s.users.StartSync(s.t.Context(), d.due), "one at a time")
	require.NoError(s.t, s.users.SyncNow(s.t.Context(), d.due))
	close(d.hold)
	require.Equal(s.t, completed, s.ends(workflows.SyncWorkflowID(d.due)))
	require.EqualValues(s.t, 2, d.reads.Load())
	return workflows.SyncWorkflowID(d.due)
}
