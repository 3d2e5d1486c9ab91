package activities

import (
	"context"

	"golang.org/x/sync/errgroup"

	"heraut/people"
)

// Directories are where people come from.
type Directories interface {
	// DueDirectories lists the directories that have to be read now, those with
	// a run that was cut off too.
	DueDirectories(ctx context.Context) ([]string, error)
	// SyncDirectory goes on with a directory's run that was begun, or was cut
	// off; where there is none it begins one, or does nothing. A directory that
	// can not be read is a run that failed, and no error.
	SyncDirectory(ctx context.Context, directoryID string, begin bool) (SyncedDirectory, error)
}

// SyncedDirectory is what a look at a directory came to.
type SyncedDirectory struct {
	State people.RunState
	// Look are users whose invitations may have ended.
	Look []string
	// Changed tells that licenses may have to follow.
	Changed bool
}

// Syncer starts looks at directories.
type Syncer interface {
	// StartSync begins a look; one that is under way is no error.
	StartSync(ctx context.Context, directoryID string) error
}

// DirectoryInput names a directory.
type DirectoryInput struct {
	DirectoryID string `json:"directory_id"`
	// Begin begins a run where none is open.
	Begin bool `json:"begin,omitempty"`
}

// DueResult counts the looks that were started.
type DueResult struct {
	Started int `json:"started"`
}

// SyncResult tells what a look at a directory came to.
type SyncResult struct {
	State people.RunState `json:"state"`
	// Looked is how many users' workflows were woken.
	Looked int `json:"looked"`
}

// StartDueSyncs starts a look at each directory whose time has come.
func (a *Activities) StartDueSyncs(ctx context.Context) (DueResult, error) {
	if a.Directories == nil {
		return DueResult{}, nil
	}
	due, err := a.Directories.DueDirectories(ctx)
	if err != nil {
		return DueResult{}, wrap(err, "listing directories to read")
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(a.Limits.Starts)
	for _, id := range due {
		group.Go(func() error { return wrap(a.Syncer.StartSync(ctx, id), "starting to read directory %s", id) })
	}
	return DueResult{Started: len(due)}, group.Wait() //nolint:wrapcheck // each error names its directory
}

// SyncDirectory reads one directory, and lets follow what depends on it: the
// workflows of those whose invitations ended, and licenses. Killed in the
// middle, it reads again, and meets what it had added.
func (a *Activities) SyncDirectory(ctx context.Context, in DirectoryInput) (SyncResult, error) {
	defer heartbeat(ctx)()
	synced, err := a.Directories.SyncDirectory(ctx, in.DirectoryID, in.Begin)
	if err != nil {
		return SyncResult{}, wrap(err, "reading directory %s", in.DirectoryID)
	}
	if err := a.wakeAll(ctx, synced.Look); err != nil {
		return SyncResult{}, err
	}
	if synced.Changed && a.Distributor != nil {
		if err := a.Distributor.DistributeNow(ctx); err != nil { // its schedule comes by
			a.Log.WarnContext(ctx, "Licenses were left to the schedule.", "directory_id", in.DirectoryID, "error", err)
		}
	}
	return SyncResult{State: synced.State, Looked: len(synced.Look)}, nil
}
