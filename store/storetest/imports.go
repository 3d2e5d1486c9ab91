package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func runImport(t *testing.T, s *store.Store, c *Clock) {
	t.Helper()
	job, err := s.CreateImport(t.Context(), actor, true)
	require.NoError(t, err)
	require.NoError(t, s.ImportProgress(t.Context(), job.ID, 5, 10))
	require.NoError(t, s.AddImportProblems(t.Context(), job.ID, []people.ImportProblem{
		{Severity: "warning", File: "students.csv", Line: 3, Column: 7, Message: "No address."},
		{Severity: "error", File: "students.csv", Line: 4, Message: "No name."},
	}))
	require.NoError(t, s.AddImportProblems(t.Context(), job.ID, []people.ImportProblem{{Severity: "error", File: "staff.csv", Line: 2}}))

	read, err := s.Import(t.Context(), job.ID)
	require.NoError(t, err)
	require.Equal(t, []int{5, 10, 3, 2}, []int{read.Done, read.Total, read.Problems, read.Errors})
	require.True(t, read.DryRun)
	require.Nil(t, read.Report)
	page, err := s.ListImportProblems(t.Context(), job.ID, people.Cursor{}, 2)
	require.NoError(t, err)
	require.Equal(t, 4, page.Items[1].Line)
	require.Equal(t, 7, page.Items[0].Column)
	page, err = s.ListImportProblems(t.Context(), job.ID, *page.Next, 2)
	require.NoError(t, err)
	require.Equal(t, []people.ImportProblem{{N: 3, Severity: "error", File: "staff.csv", Line: 2}}, page.Items)

	report := people.RosterReport{Users: people.RosterCounts{Created: 3}}
	require.NoError(t, s.FinishImport(t.Context(), job.ID, &report, ""))
	require.NoError(t, s.FinishImport(t.Context(), job.ID, nil, "too late"))
	read, err = s.Import(t.Context(), job.ID)
	require.NoError(t, err)
	require.Equal(t, people.ImportSucceeded, read.State)
	require.Equal(t, 3, read.Report.Users.Created)
	require.False(t, read.FinishedAt.IsZero())

	_, err = s.Import(t.Context(), "none")
	requireCode(t, err, fault.NotFound)
	requireCode(t, s.AddImportProblems(t.Context(), "none", nil), fault.NotFound)

	dead, err := s.CreateImport(t.Context(), actor, false)
	require.NoError(t, err)
	c.Advance(10 * time.Minute)
	alive, err := s.CreateImport(t.Context(), actor, false)
	require.NoError(t, err)
	n, err := s.AbandonImports(t.Context(), 5*time.Minute)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	read, err = s.Import(t.Context(), dead.ID)
	require.NoError(t, err)
	require.Equal(t, people.ImportFailed, read.State)
	require.NotEmpty(t, read.Failure)
	read, err = s.Import(t.Context(), alive.ID)
	require.NoError(t, err)
	require.Equal(t, people.ImportRunning, read.State)
}
