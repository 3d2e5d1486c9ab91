package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/people"
)

// editReport changes the report of a running run in the transaction of what it
// tells, so that a run that is cut off and gone on with counts nothing twice.
func (tx *Tx) editReport(ctx context.Context, run people.DirectoryRun, edit func(*people.DirectoryReport)) error {
	if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
		return err
	}
	row, err := getRun(ctx, tx, run.DirectoryID, run.ID)
	if err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	edit(&row.Report.V)
	_, err = tx.Exec(ctx, "UPDATE directory_runs SET report = ?, updated_at = ? WHERE id = ? AND state = 'running'", row.Report, now, run.ID)
	return err
}

// RunProgress tells how much of a directory a run has read.
func (s *Store) RunProgress(ctx context.Context, run people.DirectoryRun, peopleRead, groupsRead int) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.People.Read, r.Groups.Read = peopleRead, groupsRead })
	})
	if err != nil {
		return fmt.Errorf("updating run %s: %w", run.ID, err)
	}
	return nil
}

// FullRun notes that a run that began as incremental reads everything.
func (s *Store) FullRun(ctx context.Context, run people.DirectoryRun) error {
	_, err := s.exec(ctx, "UPDATE directory_runs SET mode = 'full' WHERE id = ? AND state = 'running'", run.ID)
	if err != nil {
		return fmt.Errorf("updating run %s: %w", run.ID, err)
	}
	return nil
}

// FinishRun ends a run, with a sentence where it failed. The cookie is how far
// changes were read; empty: the next run reads everything, as it does when the
// settings are no longer those by which this one has read. problems are all
// that the run has met, of which a thousand are kept.
func (s *Store) FinishRun(ctx context.Context, run people.DirectoryRun, cookie string, problems []people.DirectoryProblem) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
			return err
		}
		row, err := getRun(ctx, tx, run.DirectoryID, run.ID)
		if err != nil || row.State != people.RunRunning {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		row.Report.V.Takes, row.Report.V.Kept = run.Report.Takes, run.Report.Kept
		row.Report.V.Refused, row.Report.V.Warnings = countProblems(problems)
		_, err = tx.Exec(ctx, "UPDATE directory_runs SET state = ?, report = ?, failure = ?, updated_at = ?, finished_at = ? WHERE id = ?",
			string(run.State), row.Report, run.Failure, now, now, run.ID)
		if err != nil {
			return err
		}
		row.State, row.Failure = run.State, run.Failure
		if err := tx.keepSynced(ctx, row, run.Settings, now, cookie); err != nil {
			return err
		}
		tx.auditRun(row)
		return insertProblems(ctx, tx, run.ID, problems)
	})
	if err != nil {
		return fmt.Errorf("finishing run %s: %w", run.ID, err)
	}
	return nil
}

// keepSynced notes on the directory that it was read. A run that failed leaves
// all as it was: what it did not see, the next one will.
func (tx *Tx) keepSynced(ctx context.Context, run runRow, settings int64, now Time, cookie string) error {
	if run.State == people.RunFailed {
		return nil
	}
	set, args := "synced_at = ?, cookie = CASE WHEN version = ? THEN ? ELSE '' END", []any{now, settings, cookie}
	if run.Mode == people.RunFull {
		set, args = set+", full_at = ?", append(args, now)
	}
	if run.State == people.RunSucceeded && run.Mode == people.RunFull && !run.Report.V.Kept {
		set, args = set+", relink = relink AND version <> ?", append(args, settings) // all links are by the stable ids of now
	}
	_, err := tx.Exec(ctx, "UPDATE directories SET "+set+" WHERE id = ?", append(args, run.DirectoryID)...)
	return err
}

// runDoc is a run in the audit log.
type runDoc struct {
	Run    string                 `json:"run"`
	State  people.RunState        `json:"state"`
	Report people.DirectoryReport `json:"report"`
}

// auditRun writes one row for a run that changed something.
func (tx *Tx) auditRun(row runRow) {
	r := row.Report.V
	if r.People.Created+r.People.Updated+r.People.Gone+r.People.Disabled+r.Groups.Created+r.Groups.Updated+r.Groups.Gone+r.Members.Added+r.Members.Removed == 0 {
		return
	}
	tx.audit(row.AskedBy.V, change{Action: "directory.sync", Kind: "directory", ID: row.DirectoryID, Became: runDoc{row.ID, row.State, r}})
}

func countProblems(problems []people.DirectoryProblem) (refused, warnings int) {
	for _, p := range problems {
		if p.Severity == people.SeverityError {
			refused++
		} else {
			warnings++
		}
	}
	return refused, warnings
}

func insertProblems(ctx context.Context, tx *Tx, runID string, problems []people.DirectoryProblem) error {
	if _, err := tx.Exec(ctx, "DELETE FROM directory_problems WHERE run_id = ?", runID); err != nil {
		return err
	}
	problems = problems[:min(len(problems), people.KeptProblems)]
	rows := make([][]any, len(problems))
	for i, p := range problems {
		rows[i] = []any{runID, i + 1, string(p.Severity), p.Entry, p.Message}
	}
	_, err := insertRows(ctx, tx, "directory_problems", columnList("run_id, n, severity, entry, message"), rows, "")
	return err
}

type directoryProblemRow struct {
	N        int             `db:"n"`
	Severity people.Severity `db:"severity"`
	Entry    string          `db:"entry"`
	Message  string          `db:"message"`
}

func (r directoryProblemRow) problem() people.DirectoryProblem { return people.DirectoryProblem(r) }

func (r directoryProblemRow) cursor() people.Cursor { return people.Cursor{Key: strconv.Itoa(r.N)} }

// ListRunProblems returns a run's problems in their order, the first thousand.
func (s *Store) ListRunProblems(ctx context.Context, runID string, after people.Cursor, limit int) (people.Page[people.DirectoryProblem], error) {
	n := 0
	if after.Key != "" {
		var err error
		if n, err = strconv.Atoi(after.Key); err != nil {
			return people.Page[people.DirectoryProblem]{}, badCursor()
		}
	}
	var rows []directoryProblemRow
	err := s.reader().Select(ctx, &rows, `SELECT n, severity, entry, message FROM directory_problems
		WHERE run_id = ? AND n > ? ORDER BY n LIMIT ?`, runID, n, limit+1)
	if err != nil {
		return people.Page[people.DirectoryProblem]{}, fmt.Errorf("listing the problems of run %s: %w", runID, err)
	}
	return pageOf(rows, limit, directoryProblemRow.problem, directoryProblemRow.cursor), nil
}

// DirectoryCookie tells how far a directory's changes were read.
func (s *Store) DirectoryCookie(ctx context.Context, id string) (string, error) {
	var cookie string
	if err := s.reader().Get(ctx, &cookie, "SELECT cookie FROM directories WHERE id = ?", id); err != nil {
		return "", fmt.Errorf("reading how far directory %s was read: %w", id, orNotFound(err, "Directory not found."))
	}
	return cookie, nil
}
