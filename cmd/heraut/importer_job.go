package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"heraut/fault"
	"heraut/people"
)

const (
	// importJobFile stands beside the uploaded files; readers of rosters leave
	// names with a dot aside.
	importJobFile = ".import.json"
	// importZip is the part of an upload that holds all files.
	importZip = "roster"
	// uploadFolder begins the name of an upload's folder in a spool.
	uploadFolder = "upload-"
	// uploadLife is after how long a folder in a spool that processes share
	// has no owner any more.
	uploadLife = 24 * time.Hour

	importBothForms = "Give either a zip of the files or the files themselves, not both."
)

// importJob is an import with its files: all that another process needs to go
// on with it.
type importJob struct {
	ID      string        `json:"id"`
	Actor   people.Actor  `json:"actor"`
	Options importOptions `json:"options"`

	folder   string
	progress *importProgress
}

// importOptions are what a client chose of people.RosterOptions, in a file.
type importOptions struct {
	DryRun        bool `json:"dry_run"`
	RemoveMissing bool `json:"remove_missing"`
	Force         bool `json:"force"`
}

func (o importOptions) roster() people.RosterOptions {
	return people.RosterOptions{DryRun: o.DryRun, RemoveMissing: o.RemoveMissing, Force: o.Force}
}

func (j *importJob) save() error {
	content, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("encoding an import: %w", err)
	}
	return os.WriteFile(filepath.Join(j.folder, importJobFile), content, 0o600)
}

// loadImportJob reads the job of a folder; fs.ErrNotExist where there is none.
func loadImportJob(folder string) (importJob, error) {
	job := importJob{folder: folder}
	content, err := os.ReadFile(filepath.Join(folder, importJobFile))
	if err == nil {
		err = json.Unmarshal(content, &job)
	}
	return job, err
}

// discard removes the files.
func (j *importJob) discard() error {
	if err := os.RemoveAll(j.folder); err != nil {
		return fmt.Errorf("removing uploaded files: %w", err)
	}
	return nil
}

// files is the zip of an import, or else the folder with its files.
func (j *importJob) files() (string, error) {
	entries, err := os.ReadDir(j.folder)
	if err != nil {
		return "", fmt.Errorf("looking for uploaded files: %w", err)
	}
	given := slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == importJobFile })
	if !slices.ContainsFunc(given, func(e fs.DirEntry) bool { return e.Name() == importZip }) {
		return j.folder, nil
	}
	if len(given) > 1 {
		return "", fault.New(fault.InvalidRequest, importBothForms)
	}
	return filepath.Join(j.folder, importZip), nil
}

// resume goes on with the imports that a dead process left in a spool, and
// removes what it left besides. Nobody else may use the spool.
func (i *importer) resume(spool string) error {
	folders, err := uploads(spool)
	for _, folder := range folders {
		err = errors.Join(err, i.takeUp(folder))
	}
	if err != nil {
		return fmt.Errorf("going on with imports: %w", err)
	}
	return nil
}

// uploads lists the folders of uploads in a spool.
func uploads(spool string) ([]string, error) {
	entries, err := os.ReadDir(spool)
	if err != nil {
		return nil, fmt.Errorf("looking for uploads: %w", err)
	}
	var folders []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), uploadFolder) {
			folders = append(folders, filepath.Join(spool, e.Name()))
		}
	}
	return folders, nil
}

func (i *importer) takeUp(folder string) error {
	job, err := loadImportJob(folder)
	if err != nil { // an upload that was cut off has no job yet
		return job.discard()
	}
	known, err := i.store.Import(i.ctx, job.ID)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && known.State != people.ImportRunning:
		return job.discard()
	case err != nil:
		return err
	}
	// Now, so that it does not count as dead while it waits for its turn.
	if err := i.store.ImportProgress(i.ctx, job.ID, known.Done, known.Total); err != nil {
		return err
	}
	i.log.Info("An import goes on.", "import_id", job.ID)
	i.start(job)
	return nil
}

// sweep removes folders that have no owner any more from a spool that other
// processes use too.
func sweep(spool string, now time.Time) error {
	folders, err := uploads(spool)
	for _, folder := range folders {
		info, statErr := os.Stat(folder)
		switch {
		case errors.Is(statErr, fs.ErrNotExist): // another was quicker
		case statErr != nil:
			err = errors.Join(err, statErr)
		case now.Sub(info.ModTime()) > uploadLife:
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}
	return err
}

// startImporter makes the importer of a process that serves the API, and goes
// on with what the one before left. A spool beside the data folder is this
// process' alone; on PostgreSQL others may share it.
func (p *parts) startImporter(spool string) (*importer, error) {
	i := newImporter(p.store, p.log)
	p.onClose(func(context.Context) error { i.close(); return nil })
	take := func() error { return i.resume(spool) }
	if p.config.DatabaseURL != "" {
		take = func() error { return sweep(spool, time.Now()) }
	}
	if err := take(); err != nil {
		return nil, err
	}
	i.bury()
	return i, nil
}
