package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

type runRow struct {
	ID          string                       `db:"id"`
	DirectoryID string                       `db:"directory_id"`
	State       people.RunState              `db:"state"`
	Mode        people.RunMode               `db:"mode"`
	Report      JSON[people.DirectoryReport] `db:"report"`
	Failure     string                       `db:"failure"`
	AskedBy     JSON[people.Actor]           `db:"asked_by"`
	CreatedAt   Time                         `db:"created_at"`
	UpdatedAt   Time                         `db:"updated_at"`
	FinishedAt  Time                         `db:"finished_at"`
}

const runColumns = "id, directory_id, state, mode, report, failure, asked_by, created_at, updated_at, finished_at"

func (r runRow) run() people.DirectoryRun {
	return people.DirectoryRun{
		ID: r.ID, DirectoryID: r.DirectoryID, State: r.State, Mode: r.Mode, Report: r.Report.V, Failure: r.Failure, AskedBy: r.AskedBy.V,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, FinishedAt: r.FinishedAt.Time,
	}
}

func (r runRow) cursor() people.Cursor { return people.Cursor{ID: r.ID} }

// BeginRun begins a look at a directory, or returns the one that is under way,
// fresh false. Everything is read where full says so, where the server has told
// no cookie yet, and once a day. Held runs are superseded. Fault: not_found.
func (s *Store) BeginRun(ctx context.Context, actor people.Actor, directoryID string, full bool) (run people.DirectoryRun, fresh bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := getDirectory(ctx, tx, directoryID)
		if err != nil {
			return err
		}
		if err := tx.lockDirectory(ctx, directoryID); err != nil {
			return err
		}
		if run, err = runningRun(ctx, tx, directoryID); err != nil || run.ID != "" {
			fresh = false
			return err
		}
		fresh = true
		run, err = tx.beginRun(ctx, actor, row, full)
		return err
	})
	if err != nil {
		return people.DirectoryRun{}, false, fmt.Errorf("beginning a run of directory %s: %w", directoryID, err)
	}
	return run, fresh, nil
}

// lockDirectory makes changes to a directory's people wait for each other.
func (tx *Tx) lockDirectory(ctx context.Context, id string) error {
	return tx.lock(ctx, "directories", []string{id})
}

func runningRun(ctx context.Context, from getter, directoryID string) (people.DirectoryRun, error) {
	var row runRow
	err := from.Get(ctx, &row, "SELECT "+runColumns+" FROM directory_runs WHERE directory_id = ? AND state = 'running'", directoryID)
	if errors.Is(err, sql.ErrNoRows) {
		return people.DirectoryRun{}, nil
	}
	return row.run(), err
}

func (tx *Tx) beginRun(ctx context.Context, actor people.Actor, d directoryRow, full bool) (people.DirectoryRun, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return people.DirectoryRun{}, err
	}
	var cookie string
	if err := tx.Get(ctx, &cookie, "SELECT cookie FROM directories WHERE id = ?", d.ID); err != nil {
		return people.DirectoryRun{}, err
	}
	run := people.DirectoryRun{
		ID: newID(), DirectoryID: d.ID, State: people.RunRunning, Mode: people.RunIncremental, AskedBy: actor, CreatedAt: now.Time, UpdatedAt: now.Time,
		Settings: d.Version,
	}
	if full || cookie == "" || now.Sub(d.FullAt.Time) >= people.DirectoryFullEvery {
		run.Mode = people.RunFull
	}
	if run.Report.Takes, err = tx.countLinks(ctx, d.ID); err != nil {
		return run, err
	}
	if _, err := tx.Exec(ctx, "UPDATE directory_runs SET state = 'superseded', updated_at = ? WHERE directory_id = ? AND state = 'held'", now, d.ID); err != nil {
		return run, err
	}
	_, err = tx.Exec(ctx, "INSERT INTO directory_runs ("+runColumns+") VALUES (?, ?, ?, ?, ?, '', ?, ?, ?, NULL)", run.ID, d.ID, string(run.State),
		string(run.Mode), JSON[people.DirectoryReport]{run.Report}, JSON[people.Actor]{actor}, now, now)
	tx.Made("directory_run", run.ID)
	return run, err
}

// countLinks counts what a run could take away. It is counted before the run
// adds anything: those who come must not outweigh those who go.
func (tx *Tx) countLinks(ctx context.Context, directoryID string) (people.DirectoryTakes, error) {
	var t people.DirectoryTakes
	for into, query := range map[*int]string{
		&t.OfPeople:  "SELECT COUNT(*) FROM directory_users WHERE directory_id = ?",
		&t.OfGroups:  "SELECT COUNT(*) FROM directory_groups WHERE directory_id = ?",
		&t.OfMembers: "SELECT COUNT(*) FROM group_users WHERE group_id IN (SELECT group_id FROM directory_groups WHERE directory_id = ?)",
	} {
		if err := tx.Get(ctx, into, query, directoryID); err != nil {
			return t, fmt.Errorf("counting the people of directory %s: %w", directoryID, err)
		}
	}
	return t, nil
}

// OpenRun returns the run of a directory that is under way; ok is false when
// there is none.
func (s *Store) OpenRun(ctx context.Context, directoryID string) (run people.DirectoryRun, ok bool, err error) {
	if run, err = runningRun(ctx, s.reader(), directoryID); err != nil {
		return run, false, fmt.Errorf("reading the open run of directory %s: %w", directoryID, err)
	}
	return run, run.ID != "", nil
}

// Run returns a run of a directory; not_found when there is none.
func (s *Store) Run(ctx context.Context, directoryID, runID string) (people.DirectoryRun, error) {
	row, err := getRun(ctx, s.reader(), directoryID, runID)
	return row.run(), err
}

func getRun(ctx context.Context, from getter, directoryID, runID string) (runRow, error) {
	var row runRow
	err := from.Get(ctx, &row, "SELECT "+runColumns+" FROM directory_runs WHERE id = ? AND directory_id = ?", runID, directoryID)
	if err != nil {
		return row, fmt.Errorf("reading run %s: %w", runID, orNotFound(err, "Run not found."))
	}
	return row, nil
}

// ListRuns returns a directory's runs, the newest first.
func (s *Store) ListRuns(ctx context.Context, directoryID string, after people.Cursor, limit int) (people.Page[people.DirectoryRun], error) {
	query, args := "SELECT "+runColumns+" FROM directory_runs WHERE directory_id = ?", []any{directoryID}
	if after.ID != "" {
		query, args = query+" AND id < ?", append(args, after.ID)
	}
	var rows []runRow
	if err := s.reader().Select(ctx, &rows, query+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...); err != nil {
		return people.Page[people.DirectoryRun]{}, fmt.Errorf("listing the runs of directory %s: %w", directoryID, err)
	}
	return pageOf(rows, limit, runRow.run, runRow.cursor), nil
}

// ConfirmRun gives a person's word for what a held run would take away. The
// run goes on by reading everything again, and takes away no more than that.
// Faults: not_found; conflict for a run that is not held.
func (s *Store) ConfirmRun(ctx context.Context, actor people.Actor, directoryID, runID string) (people.DirectoryRun, error) {
	var run people.DirectoryRun
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.lockDirectory(ctx, directoryID); err != nil {
			return err
		}
		row, err := getRun(ctx, tx, directoryID, runID)
		if err != nil {
			return err
		}
		if row.State != people.RunHeld {
			return fault.New(fault.Conflict, notHeld(row.State))
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		run = row.run()
		allowed := run.Report.Takes
		run.State, run.Mode, run.Report.Allowed, run.UpdatedAt, run.FinishedAt = people.RunRunning, people.RunFull, &allowed, now.Time, time.Time{}
		_, err = tx.Exec(ctx, "UPDATE directory_runs SET state = 'running', mode = 'full', report = ?, updated_at = ?, finished_at = NULL WHERE id = ?",
			JSON[people.DirectoryReport]{run.Report}, now, runID)
		tx.audit(actor, change{Action: "directory.confirm", Kind: "directory", ID: directoryID, Became: allowed})
		return err
	})
	if err != nil {
		return people.DirectoryRun{}, fmt.Errorf("confirming run %s: %w", runID, err)
	}
	return run, nil
}

func notHeld(state people.RunState) string {
	if state == people.RunSuperseded {
		return "A later run has looked at the directory since: confirm that one, if it waits."
	}
	return "This run does not wait for anybody's word."
}

// DueDirectories lists the directories that have to be read now: their time
// has come, or their last run was cut off.
func (s *Store) DueDirectories(ctx context.Context) ([]string, error) {
	var rows []directoryRow
	if err := s.reader().Select(ctx, &rows, "SELECT "+directoryColumns+" FROM directories WHERE protocol = ? ORDER BY id", people.ProtocolLDAP); err != nil {
		return nil, fmt.Errorf("listing directories: %w", err)
	}
	var open []string
	if err := s.reader().Select(ctx, &open, "SELECT directory_id FROM directory_runs WHERE state = 'running'"); err != nil {
		return nil, fmt.Errorf("listing runs: %w", err)
	}
	cut := make(map[string]bool, len(open))
	for _, id := range open {
		cut[id] = true
	}
	failed, err := s.lastFailed(ctx)
	if err != nil {
		return nil, err
	}
	var due []string
	for _, row := range rows {
		if cut[row.ID] || row.directory().Due(s.clock(), failed[row.ID]) {
			due = append(due, row.ID)
		}
	}
	return due, nil
}

// lastFailed tells of directories whose newest run failed when that was.
func (s *Store) lastFailed(ctx context.Context) (map[string]time.Time, error) {
	var rows []struct {
		DirectoryID string `db:"directory_id"`
		FinishedAt  Time   `db:"finished_at"`
	}
	err := s.reader().Select(ctx, &rows, `SELECT directory_id, finished_at FROM directory_runs WHERE state = 'failed'
		AND id IN (SELECT MAX(id) FROM directory_runs GROUP BY directory_id)`) // ids grow with time
	if err != nil {
		return nil, fmt.Errorf("listing runs that failed: %w", err)
	}
	failed := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		failed[r.DirectoryID] = r.FinishedAt.Time
	}
	return failed, nil
}
