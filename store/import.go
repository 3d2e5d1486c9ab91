package store

import (
	"context"
	"fmt"
	"time"

	"heraut/people"
)

type importRow struct {
	ID         string                     `db:"id"`
	State      people.ImportState         `db:"state"`
	DryRun     bool                       `db:"dry_run"`
	Done       int                        `db:"done"`
	Total      int                        `db:"total"`
	Report     JSON[*people.RosterReport] `db:"report"`
	Problems   int                        `db:"problems"`
	Errors     int                        `db:"errors"`
	Failure    string                     `db:"failure"`
	CreatedAt  Time                       `db:"created_at"`
	UpdatedAt  Time                       `db:"updated_at"`
	FinishedAt Time                       `db:"finished_at"`
}

const importColumns = "id, state, dry_run, done, total, report, problems, failure, created_at, updated_at, finished_at, " +
	"(SELECT count(*) FROM import_problems WHERE import_id = imports.id AND severity = 'error') AS errors"

func (r importRow) job() people.Import {
	return people.Import{
		ID: r.ID, State: r.State, DryRun: r.DryRun, Done: r.Done, Total: r.Total, Report: r.Report.V, Problems: r.Problems, Errors: r.Errors,
		Failure: r.Failure, CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, FinishedAt: r.FinishedAt.Time,
	}
}

// CreateImport begins an import; whoever runs it calls ImportProgress at
// least once a minute and FinishImport in the end.
func (s *Store) CreateImport(ctx context.Context, actor people.Actor, dryRun bool) (people.Import, error) {
	job := people.Import{ID: newID(), State: people.ImportRunning, DryRun: dryRun}
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		job.CreatedAt, job.UpdatedAt = now.Time, now.Time
		_, err = tx.Exec(ctx, "INSERT INTO imports (id, kind, state, dry_run, created_at, updated_at) VALUES (?, 'roster', ?, ?, ?, ?)",
			job.ID, string(job.State), dryRun, now, now)
		tx.audit(actor, change{Action: "import.create", Kind: "import", ID: job.ID, Became: map[string]bool{"dry_run": dryRun}})
		return err
	})
	if err != nil {
		return people.Import{}, fmt.Errorf("creating an import: %w", err)
	}
	return job, nil
}

// Import returns an import; not_found when there is none.
func (s *Store) Import(ctx context.Context, id string) (people.Import, error) {
	var row importRow
	if err := s.reader().Get(ctx, &row, "SELECT "+importColumns+" FROM imports WHERE id = ?", id); err != nil {
		return people.Import{}, fmt.Errorf("reading import %s: %w", id, orNotFound(err, "Import not found."))
	}
	return row.job(), nil
}

// ImportProgress tells how far a running import is.
func (s *Store) ImportProgress(ctx context.Context, id string, done, total int) error {
	return s.changeImport(ctx, id, "done = ?, total = ?", func(Time) []any { return []any{done, total} })
}

// FinishImport ends an import with its report, or with a sentence that says
// why it failed.
func (s *Store) FinishImport(ctx context.Context, id string, report *people.RosterReport, failure string) error {
	state := people.ImportSucceeded
	if failure != "" {
		state = people.ImportFailed
	}
	return s.changeImport(ctx, id, "state = ?, report = ?, failure = ?, finished_at = ?", func(at Time) []any {
		return []any{string(state), JSON[*people.RosterReport]{report}, failure, at}
	})
}

// changeImport sets columns of a running import; args are given the time of
// the change.
func (s *Store) changeImport(ctx context.Context, id, set string, args func(at Time) []any) error {
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE imports SET "+set+", updated_at = ? WHERE id = ? AND state = 'running'", append(args(at), at, id)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("updating import %s: %w", id, err)
	}
	return nil
}

// AbandonImports fails the imports that nobody has moved for the time: their
// process died. Applying the same roster again goes on where they ended.
func (s *Store) AbandonImports(ctx context.Context, idle time.Duration) (int64, error) {
	var n int64
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		at, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		n, err = tx.Exec(ctx, "UPDATE imports SET state = 'failed', failure = ?, finished_at = ? WHERE state = 'running' AND updated_at < ?",
			"The import was cut off; import the same files again and it goes on where it ended.", at, At(at.Add(-idle)))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("abandoning imports: %w", err)
	}
	return n, nil
}
