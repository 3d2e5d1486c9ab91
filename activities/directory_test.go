package activities_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/people"
)

// directories plays directories, and who starts looks at them.
type directories struct {
	due    []string
	synced activities.SyncedDirectory
	err    error
	starts atomic.Int32
	begun  []bool
}

func (d *directories) DueDirectories(context.Context) ([]string, error) { return d.due, d.err }

func (d *directories) SyncDirectory(_ context.Context, _ string, begin bool) (activities.SyncedDirectory, error) {
	d.begun = append(d.begun, begin)
	return d.synced, d.err
}

func (d *directories) StartSync(context.Context, string) error {
	d.starts.Add(1)
	return nil
}

// distributor counts how often licenses are to follow, and can be away.
type distributor struct {
	n   int
	err error
}

func (d *distributor) DistributeNow(context.Context) error {
	d.n++
	return d.err
}

func TestDueDirectoriesAreStarted(t *testing.T) {
	h := newHouse(nil)
	var result activities.DueResult
	require.NoError(t, h.run(t, h.StartDueSyncs, nil, &result))
	require.Zero(t, result, "without directories there is nothing to start")

	d := &directories{due: []string{"a", "b", "c"}}
	h.Directories, h.Syncer = d, d
	require.NoError(t, h.run(t, h.StartDueSyncs, nil, &result))
	require.Equal(t, 3, result.Started)
	require.EqualValues(t, 3, d.starts.Load())
	d.err = errors.New("the store is away")
	require.ErrorContains(t, h.run(t, h.StartDueSyncs, nil, &result), "listing directories")
}

func TestSyncWakesWhoseInvitationsEndedAndLetsLicensesFollow(t *testing.T) {
	h := newHouse(nil)
	d := &directories{synced: activities.SyncedDirectory{State: people.RunSucceeded, Look: []string{"a", "b"}, Changed: true}}
	licenses := &distributor{err: errors.New("the engine is away")}
	h.Directories, h.Distributor = d, licenses
	var result activities.SyncResult
	require.NoError(t, h.run(t, h.SyncDirectory, activities.DirectoryInput{DirectoryID: "d", Begin: true}, &result))
	require.Equal(t, activities.SyncResult{State: people.RunSucceeded, Looked: 2}, result)
	require.Equal(t, []string{"wake a", "wake b"}, h.engine.noted())
	require.Equal(t, 1, licenses.n, "its schedule comes by where it could not be told")
	require.Equal(t, []bool{true}, d.begun)

	d.synced = activities.SyncedDirectory{State: people.RunHeld}
	require.NoError(t, h.run(t, h.SyncDirectory, activities.DirectoryInput{DirectoryID: "d"}, &result))
	require.Equal(t, 1, licenses.n, "nothing has changed")
	d.err = errors.New("the store is away")
	require.ErrorContains(t, h.run(t, h.SyncDirectory, activities.DirectoryInput{DirectoryID: "d"}, &result), "reading directory d")
}
