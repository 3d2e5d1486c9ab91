package console

import (
	"context"
	"net/http"
	"time"

	"heraut/console/page"
	"heraut/people"
)

var directoriesRoutes = []route{
	{get, "/settings/directories", viewer, (*visit).directories},
	{get, "/settings/directories/new", admin, (*visit).newDirectory},
	{post, "/settings/directories", admin, (*visit).bindDirectory},
	{get, "/settings/directories/:id", viewer, (*visit).directory},
	{get, "/settings/directories/:id/edit", admin, (*visit).editDirectory},
	{post, "/settings/directories/:id/edit", admin, (*visit).updateDirectory},
	{post, "/settings/directories/:id/reading", admin, (*visit).switchReading},
	{post, "/settings/directories/:id/test", admin, (*visit).testDirectory},
	{get, "/settings/directories/:id/preview", admin, (*visit).previewDirectory},
	{post, "/settings/directories/:id/sync", operator, (*visit).syncDirectory},
	{get, "/settings/directories/:id/runs/:run", viewer, (*visit).directoryRun},
	{get, "/settings/directories/:id/runs/:run/confirm", admin, (*visit).askConfirmRun},
	{post, "/settings/directories/:id/runs/:run/confirm", admin, (*visit).confirmRun},
	{get, "/settings/directories/:id/delete", admin, (*visit).askDeleteDirectory},
	{post, "/settings/directories/:id/delete", admin, (*visit).deleteDirectory},
}

// directoriesStore keeps directories and what was read of them. What follows a
// change is the office's: Dependencies.Directories.
type directoriesStore interface {
	ListDirectories(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Directory], error)
	Directory(ctx context.Context, id string) (people.Directory, error)
	DeleteDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	DirectoryTallies(ctx context.Context, ids []string) (map[string]people.DirectoryTally, error)
	Run(ctx context.Context, directoryID, runID string) (people.DirectoryRun, error)
	ListRuns(ctx context.Context, directoryID string, after people.Cursor, limit int) (people.Page[people.DirectoryRun], error)
	ListRunProblems(ctx context.Context, runID string, after people.Cursor, limit int) (people.Page[people.DirectoryProblem], error)
}

// directoriesPage lists the directories that are bound.
type directoriesPage struct {
	Rows  []directoryStanding
	Steps steps
}

// directoryStanding is a directory, and how it stands.
type directoryStanding struct {
	people.Directory

	Users, Groups int
	// Latest is the newest run; its ID is empty when there was none.
	Latest runLine
	// Next is when the directory is read again; the zero Moment while it is
	// being read, or when nobody has it read.
	Next page.Moment
	// Soon: its time has come, and the schedule will look.
	Soon bool
}

// runLine is a run in a list.
type runLine struct {
	people.DirectoryRun

	// Class is how the state looks, Word what it is called.
	Class, Word string
	Began       page.Moment
}

// runsLimit is how many runs, and problems of a run, are shown at once.
const runsLimit = 20

func (v *visit) directories() error {
	at, err := v.place()
	if err != nil {
		return err
	}
	found, err := v.Store.ListDirectories(v.ctx(), at, paneLimit)
	if err != nil {
		return err
	}
	p := directoriesPage{Steps: v.stepsOf("after", found.Next)}
	if p.Rows, err = v.standings(found.Items); err != nil {
		return err
	}
	return v.showSettings(http.StatusOK, "directories/list", "directories", p)
}

func (v *visit) standings(list []people.Directory) ([]directoryStanding, error) {
	ids := make([]string, len(list))
	for i, d := range list {
		ids[i] = d.ID
	}
	tallies, err := v.Store.DirectoryTallies(v.ctx(), ids)
	if err != nil {
		return nil, err
	}
	all := make([]directoryStanding, len(list))
	for i, d := range list {
		t := tallies[d.ID]
		all[i] = directoryStanding{Directory: d, Users: t.Users, Groups: t.Groups, Latest: v.runLine(t.Latest)}
		all[i].Next, all[i].Soon = v.nextRead(d, t.Latest)
	}
	return all, nil
}

// standing reads one directory, and how it stands.
func (v *visit) standing(id string) (directoryStanding, error) {
	d, err := v.Store.Directory(v.ctx(), id)
	if err != nil {
		return directoryStanding{}, err
	}
	all, err := v.standings([]people.Directory{d})
	if err != nil {
		return directoryStanding{}, err
	}
	return all[0], nil
}

// nextRead tells when a directory is read again.
func (v *visit) nextRead(d people.Directory, latest people.DirectoryRun) (next page.Moment, soon bool) {
	var failed time.Time
	if latest.State == people.RunFailed {
		failed = latest.FinishedAt
	}
	switch {
	case d.Paused || latest.State == people.RunRunning:
		return page.Moment{}, false
	case d.Due(v.Now(), failed):
		return page.Moment{}, true
	}
	return v.clock.At(d.NextRead(failed)), false
}

func (v *visit) runLine(r people.DirectoryRun) runLine {
	if r.ID == "" {
		return runLine{Class: "off", Word: v.t("directories.never")}
	}
	return runLine{DirectoryRun: r, Class: runClasses[r.State], Word: v.t("directories.run." + string(r.State)), Began: v.clock.At(r.CreatedAt)}
}

var runClasses = map[people.RunState]string{
	people.RunRunning: "wait", people.RunHeld: "wait", people.RunSucceeded: "good", people.RunFailed: "bad", people.RunSuperseded: "off",
}

// directoriesState is the line of directories in the list of settings.
func (v *visit) directoriesState() (string, error) {
	found, err := v.Store.ListDirectories(v.ctx(), people.Cursor{}, paneLimit)
	return v.howMany("settings.directories.state", len(found.Items), found.Next), err
}
