package api

import (
	"context"

	"heraut/people"
	"heraut/settings"
)

// Directories keeps the directories that people come from, and looks at them.
type Directories interface {
	CreateDirectory(ctx context.Context, actor people.Actor, d people.Directory, password []byte) (people.Directory, error)
	Directory(ctx context.Context, id string) (people.Directory, error)
	ListDirectories(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Directory], error)
	// UpdateDirectory keeps the password where none is given.
	UpdateDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64, password []byte,
		edit func(people.Directory) (people.Directory, error)) (people.Directory, error)
	DeleteDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error

	// BeginRun returns the run that is under way where there is one.
	BeginRun(ctx context.Context, actor people.Actor, directoryID string, full bool) (run people.DirectoryRun, fresh bool, err error)
	Run(ctx context.Context, directoryID, runID string) (people.DirectoryRun, error)
	ListRuns(ctx context.Context, directoryID string, after people.Cursor, limit int) (people.Page[people.DirectoryRun], error)
	ListRunProblems(ctx context.Context, runID string, after people.Cursor, limit int) (people.Page[people.DirectoryProblem], error)
	// ConfirmRun is a conflict fault for a run that is not held.
	ConfirmRun(ctx context.Context, actor people.Actor, directoryID, runID string) (people.DirectoryRun, error)
}

// DirectoryServers talks with the servers of directories.
type DirectoryServers interface {
	// CheckDirectory finds settings that no server could read: invalid_request.
	CheckDirectory(c people.DirectoryConfig) error
	// TestDirectory tries the way step by step; the last step is the one that
	// failed, unless all are ok.
	TestDirectory(ctx context.Context, d people.Directory) ([]settings.Check, error)
	// PreviewDirectory reads the first 20 people. A directory that can not be
	// read is an unavailable fault with the reason.
	PreviewDirectory(ctx context.Context, d people.Directory) ([]people.DirectoryPerson, error)
}
