package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/store"
)

// imported applies an upload and gives its end.
func imported(t *testing.T, s *store.Store, i *importer, folder string) people.Import {
	t.Helper()
	id := newImportJob(t, s)
	i.StartImport(operatorKey, id, folder, people.RosterOptions{})
	job := ended(t, s, id)
	require.Equal(t, people.ImportSucceeded, job.State, job.Failure)
	return job
}

// TestImporterTakesNobodyOutOfAClassByMistake: where parts of a roster are not
// known, membership is left as it was. Under a class' switch, losing the class
// would cancel open invitations.
func TestImporterTakesNobodyOutOfAClassByMistake(t *testing.T) {
	for name, change := range map[string]func(folder string){
		"a line that can not be read": func(folder string) {
			path := filepath.Join(folder, "rosters.csv")
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			lines := strings.Split(string(content), "\n")
			lines[1] = `R1,"L1`
			require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600))
		},
		"no rosters.csv": func(folder string) { require.NoError(t, os.Remove(filepath.Join(folder, "rosters.csv"))) },
	} {
		t.Run(name, func(t *testing.T) {
			s := emptyStore(t)
			i := runningImporter(t, s)
			_, whole := upload(t, nil)
			require.Positive(t, imported(t, s, i, whole).Report.Groups.Created)
			_, broken := upload(t, change)
			groups := imported(t, s, i, broken).Report.Groups
			require.Zero(t, groups.Updated)
			require.Positive(t, groups.Unchanged)
		})
	}
}

func TestImporterSaysWhomNobodyKnows(t *testing.T) {
	s := emptyStore(t)
	i := runningImporter(t, s)
	_, folder := upload(t, func(folder string) {
		for _, name := range []string{"students.csv", "staff.csv", "classes.csv", "rosters.csv"} {
			require.NoError(t, os.Remove(filepath.Join(folder, name)))
		}
	})
	job := imported(t, s, i, folder)
	require.Equal(t, 1, job.Errors)
	require.Positive(t, job.Report.UnknownPeople)
	page, err := s.ListImportProblems(t.Context(), job.ID, people.Cursor{}, 100)
	require.NoError(t, err)
	require.Contains(t, page.Items[len(page.Items)-1].Message, "a person who is not known")
}
