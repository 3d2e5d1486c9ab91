package main

import (
	"archive/zip"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/simulator/school"
	"heraut/store"
)

var operatorKey = people.Actor{Kind: people.ActorKey, ID: "k", Name: "tests"}

func emptyStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), LinkHash: func(id string) []byte { return []byte(id) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

func runningImporter(t *testing.T, s importStore) *importer {
	t.Helper()
	i := newImporter(s, slog.New(slog.DiscardHandler))
	t.Cleanup(i.close)
	return i
}

// upload makes a spool with one upload: the school's files, and changes to them.
func upload(t *testing.T, change func(folder string)) (spool, folder string) {
	t.Helper()
	spool = t.TempDir()
	folder = filepath.Join(spool, uploadFolder+"1")
	require.NoError(t, os.Mkdir(folder, 0o700))
	made := school.New()
	require.NoError(t, made.WriteRoster(folder))
	if change != nil {
		change(folder)
	}
	return spool, folder
}

func newImportJob(t *testing.T, s *store.Store) string {
	t.Helper()
	job, err := s.CreateImport(t.Context(), operatorKey, false)
	require.NoError(t, err)
	return job.ID
}

// ended waits for the end of an import.
func ended(t *testing.T, s *store.Store, id string) people.Import {
	t.Helper()
	var job people.Import
	require.Eventually(t, func() bool {
		var err error
		job, err = s.Import(context.WithoutCancel(t.Context()), id)
		require.NoError(t, err)
		return job.State != people.ImportRunning
	}, time.Minute, 10*time.Millisecond)
	return job
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = file.WriteString(text)
	require.NoError(t, err)
	require.NoError(t, file.Close())
}

func TestImporterImportsAndTidiesUp(t *testing.T) {
	s := emptyStore(t)
	i := runningImporter(t, s)
	_, folder := upload(t, nil)
	id := newImportJob(t, s)
	i.StartImport(operatorKey, id, folder, people.RosterOptions{})
	job := ended(t, s, id)
	require.Equal(t, people.ImportSucceeded, job.State, job.Failure)
	require.Equal(t, 300, job.Report.Users.Created)
	require.Equal(t, job.Total, job.Done)
	require.Positive(t, job.Total)
	require.Zero(t, job.Problems)
	require.Eventually(t, func() bool { _, err := os.Stat(folder); return os.IsNotExist(err) }, time.Minute, time.Millisecond)
}

func TestImporterReadsAZip(t *testing.T) {
	s := emptyStore(t)
	i := runningImporter(t, s)
	_, files := upload(t, nil)
	folder := filepath.Join(t.TempDir(), uploadFolder+"2")
	require.NoError(t, os.Mkdir(folder, 0o700))
	file, err := os.Create(filepath.Join(folder, importZip))
	require.NoError(t, err)
	archive := zip.NewWriter(file)
	require.NoError(t, archive.AddFS(os.DirFS(files)))
	require.NoError(t, archive.Close())
	require.NoError(t, file.Close())

	id := newImportJob(t, s)
	i.StartImport(operatorKey, id, folder, people.RosterOptions{})
	job := ended(t, s, id)
	require.Equal(t, people.ImportSucceeded, job.State, job.Failure)
	require.Equal(t, 300, job.Report.Users.Created)
}

func TestImporterKeepsGoodLinesAndNamesTheOthers(t *testing.T) {
	s := emptyStore(t)
	i := runningImporter(t, s)
	_, folder := upload(t, func(folder string) {
		appendTo(t, filepath.Join(folder, "staff.csv"), "P9,9,,,,not an address,,L1\n")
		require.NoError(t, os.WriteFile(filepath.Join(folder, "extra.csv"), []byte("a\n"), 0o600))
	})
	id := newImportJob(t, s)
	i.StartImport(operatorKey, id, folder, people.RosterOptions{})
	job := ended(t, s, id)
	require.Equal(t, people.ImportSucceeded, job.State, job.Failure)
	require.Equal(t, 300, job.Report.Users.Created)
	page, err := s.ListImportProblems(t.Context(), id, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, job.Problems)
	require.Equal(t, job.Problems-1, job.Errors)
	first, last := page.Items[0], page.Items[len(page.Items)-1]
	require.Equal(t, people.SeverityError, first.Severity)
	require.Equal(t, "staff.csv", first.File)
	require.Equal(t, 26, first.Line)
	require.Positive(t, first.Column)
	require.Equal(t, people.SeverityWarning, last.Severity)
}

func TestImporterFailsWithASentence(t *testing.T) {
	for name, c := range map[string]struct {
		change func(folder string)
		o      people.RosterOptions
		want   string
	}{
		"gaps": {
			func(folder string) { appendTo(t, filepath.Join(folder, "staff.csv"), "P9,9,,,,,,L1\n") },
			people.RosterOptions{RemoveMissing: true, Force: true},
			importGaps,
		},
		"both": {
			func(folder string) {
				require.NoError(t, os.WriteFile(filepath.Join(folder, importZip), []byte("x"), 0o600))
			},
			people.RosterOptions{},
			importBothForms,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := emptyStore(t)
			i := runningImporter(t, s)
			_, folder := upload(t, c.change)
			id := newImportJob(t, s)
			i.StartImport(operatorKey, id, folder, c.o)
			job := ended(t, s, id)
			require.Equal(t, people.ImportFailed, job.State)
			require.Equal(t, c.want, job.Failure)
			require.Nil(t, job.Report)
			users, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 1)
			require.NoError(t, err)
			require.Empty(t, users.Items)
		})
	}
}

func TestImporterGoesOnAfterADeath(t *testing.T) {
	s := emptyStore(t)
	spool, folder := upload(t, func(folder string) {
		appendTo(t, filepath.Join(folder, "staff.csv"), "P9,9,,,,,,L1\n")
	})
	id := newImportJob(t, s)
	first := newImporter(s, slog.New(slog.DiscardHandler))
	first.turn <- struct{}{} // as if another ran
	first.StartImport(operatorKey, id, folder, people.RosterOptions{})
	first.close()
	require.DirExists(t, folder)
	// What was written before the death is not written twice.
	require.NoError(t, s.AddImportProblems(t.Context(), id, []people.ImportProblem{{Severity: people.SeverityError, File: "staff.csv", Line: 26}}))
	cutOff := filepath.Join(spool, uploadFolder+"cut-off")
	require.NoError(t, os.Mkdir(cutOff, 0o700))

	second := runningImporter(t, s)
	require.NoError(t, second.resume(spool))
	job := ended(t, s, id)
	require.Equal(t, people.ImportSucceeded, job.State, job.Failure)
	require.Equal(t, 300, job.Report.Users.Created)
	require.Equal(t, 1, job.Problems)
	require.NoDirExists(t, cutOff)
	second.close()
	require.NoDirExists(t, folder)

	third := runningImporter(t, s)
	require.NoError(t, os.Mkdir(folder, 0o700))
	ghost := importJob{ID: id, folder: folder}
	require.NoError(t, ghost.save())
	require.NoError(t, third.resume(spool))
	require.NoDirExists(t, folder, "an import that has ended is not done again")
}

func TestSweepLeavesWhatIsNew(t *testing.T) {
	spool, folder := upload(t, nil)
	require.NoError(t, sweep(spool, time.Now().Add(uploadLife/2)))
	require.DirExists(t, folder)
	require.NoError(t, sweep(spool, time.Now().Add(2*uploadLife)))
	require.NoDirExists(t, folder)
	require.Error(t, sweep(folder, time.Now()))
}
