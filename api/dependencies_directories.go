package api

import (
	"context"

	"heraut/office"
	"heraut/people"
)

// Directories keeps the directories that people come from, and looks at them.
type Directories interface {
	office.DirectoryStore
	ListDirectories(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Directory], error)
	DeleteDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error

	Run(ctx context.Context, directoryID, runID string) (people.DirectoryRun, error)
	ListRuns(ctx context.Context, directoryID string, after people.Cursor, limit int) (people.Page[people.DirectoryRun], error)
	ListRunProblems(ctx context.Context, runID string, after people.Cursor, limit int) (people.Page[people.DirectoryProblem], error)
}
