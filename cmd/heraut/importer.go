package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	rosterfiles "heraut/directory/roster"
	"heraut/fault"
	"heraut/people"
)

// importStore is what an importer needs of the store.
type importStore interface {
	Import(ctx context.Context, id string) (people.Import, error)
	ImportProgress(ctx context.Context, id string, done, total int) error
	AddImportProblems(ctx context.Context, id string, problems []people.ImportProblem) error
	FinishImport(ctx context.Context, id string, report *people.RosterReport, failure string) error
	AbandonImports(ctx context.Context, idle time.Duration) (int64, error)
	ApplyRoster(ctx context.Context, actor people.Actor, r people.Roster, o people.RosterOptions, progress func(done, total int)) (people.RosterReport, error)
}

const (
	// problemBatch is how many problems one transaction writes.
	problemBatch = 1000
	// finishWithin bounds the end of an import whose process is stopping.
	finishWithin = 10 * time.Second
)

// What becomes of an import that can not be done, as its client reads it.
const (
	importStopped = "The import was stopped by a fault; import the same files again and it goes on where it ended."
	importGaps    = "Nothing was changed: some lines can not be read, so whoever is missing may stand in one of them. " +
		"Correct the lines, or leave out remove_missing."
	importUnknown = "Lines that name a person who is not known: %d. They add nobody to a class, and their devices keep the owner they have. " +
		"Give students.csv and staff.csv too, and each such line is named."
)

// importer runs imports in the background, one at a time. What its process
// does not finish, the next one does.
type importer struct {
	store importStore
	log   *slog.Logger

	ctx  context.Context //nolint:containedctx // imports outlive the request that began them
	stop context.CancelFunc
	work sync.WaitGroup
	turn chan struct{}
}

func newImporter(s importStore, log *slog.Logger) *importer {
	i := &importer{store: s, log: log, turn: make(chan struct{}, 1)}
	i.ctx, i.stop = context.WithCancel(context.Background())
	return i
}

// close stops imports under way and waits for them; their folders stay.
func (i *importer) close() {
	i.stop()
	i.work.Wait()
}

// StartImport implements api.Importer.
func (i *importer) StartImport(actor people.Actor, importID, folder string, o people.RosterOptions) {
	job := importJob{ID: importID, Actor: actor, Options: importOptions{o.DryRun, o.RemoveMissing, o.Force}, folder: folder}
	if err := job.save(); err != nil {
		i.log.Warn("An import will not survive this process.", "import_id", importID, "error", err)
	}
	i.start(job)
}

func (i *importer) start(job importJob) {
	i.work.Go(func() {
		if err := i.run(job); err != nil {
			i.log.Error("An import was not finished.", "import_id", job.ID, "error", err)
		}
	})
}

// run does an import and tells its end. An import that the end of the process
// cut off keeps its folder, to be gone on with.
func (i *importer) run(job importJob) error {
	end := i.watch(&job)
	report, err := i.inTurn(&job)
	end()
	if i.ctx.Err() != nil {
		return nil
	}
	failure := i.failure(job.ID, err)
	if failure != "" {
		report = nil
	}
	ctx, cancel := context.WithTimeout(i.ctx, finishWithin)
	defer cancel()
	if err := i.store.FinishImport(ctx, job.ID, report, failure); err != nil {
		return err
	}
	return job.discard()
}

// inTurn waits until no other import runs.
func (i *importer) inTurn(job *importJob) (*people.RosterReport, error) {
	select {
	case i.turn <- struct{}{}:
		defer func() { <-i.turn }()
		return i.apply(job)
	case <-i.ctx.Done():
		return nil, i.ctx.Err()
	}
}

// failure is what a client reads of an error; nothing for none.
func (i *importer) failure(id string, err error) string {
	if err == nil {
		return ""
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code != fault.Internal && f.Code != fault.Unavailable {
		return f.Message
	}
	i.log.Error("An import failed.", "import_id", id, "error", err)
	return importStopped
}

// apply reads the files and makes the store what they say.
func (i *importer) apply(job *importJob) (*people.RosterReport, error) {
	read, err := i.read(job)
	if err != nil {
		return nil, err
	}
	if err := i.addProblems(job.ID, read); err != nil {
		return nil, err
	}
	if job.Options.RemoveMissing && !read.Complete() {
		return nil, fault.New(fault.Conflict, importGaps)
	}
	options := job.Options.roster()
	options.KeepMembers = !read.Seated()
	report, err := i.store.ApplyRoster(i.ctx, job.Actor, read.Roster, options, job.progress.set)
	if err == nil && report.UnknownPeople > 0 {
		err = i.addUnknown(job.ID, report.UnknownPeople)
	}
	return &report, err
}

// addUnknown tells of people whom only the store could miss: the files that
// list people were not among those given.
func (i *importer) addUnknown(id string, n int) error {
	return i.store.AddImportProblems(i.ctx, id, []people.ImportProblem{{
		Severity: people.SeverityError,
		Message:  fmt.Sprintf(importUnknown, n),
	}})
}

func (i *importer) read(job *importJob) (read rosterfiles.Roster, err error) {
	path, err := job.files()
	if err != nil {
		return rosterfiles.Roster{}, err
	}
	files, err := rosterfiles.Open(path)
	if err != nil {
		return rosterfiles.Roster{}, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	return rosterfiles.Parse(i.ctx, files)
}

// addProblems writes down what is wrong with the files; those that were
// written before the process died stand at the beginning.
func (i *importer) addProblems(id string, read rosterfiles.Roster) error {
	known, err := i.store.Import(i.ctx, id)
	if err != nil {
		return err
	}
	problems := make([]people.ImportProblem, 0, len(read.Problems)+len(read.Warnings))
	add := func(severity people.Severity, found []rosterfiles.Problem) {
		for _, p := range found {
			problems = append(problems, people.ImportProblem{
				Severity: severity, File: p.File, Line: p.Line, Column: p.Column, Message: p.Message,
			})
		}
	}
	add(people.SeverityError, read.Problems)
	add(people.SeverityWarning, read.Warnings)
	for batch := range slices.Chunk(problems[min(known.Problems, len(problems)):], problemBatch) {
		if err := i.store.AddImportProblems(i.ctx, id, batch); err != nil {
			return err
		}
	}
	return nil
}
