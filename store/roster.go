package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// rosterSource marks the rows that a roster brought or took over.
const rosterSource = "roster"

// rosterBatch is how many rows one transaction of a roster writes: enough to
// be fast, and short for whoever waits to write meanwhile.
const rosterBatch = 1000

// rosterRun is one application of a roster.
type rosterRun struct {
	store    *Store
	actor    people.Actor
	roster   people.Roster
	opts     people.RosterOptions
	progress func(done, total int)
	done     int

	report people.RosterReport
	// ids are the users' ids by external id.
	ids map[string]string
	// present are the ids of those users whom the roster has.
	present map[string]bool
}

// ApplyRoster makes users, groups and devices those of the roster, and tells
// what it changed. It is idempotent by external id and serial number and
// writes only what differs, a thousand rows in a transaction: cut off, it is
// gone on with by applying the same roster again. Users and groups that no
// roster brought stay as they are. progress may be nil. Faults:
// invalid_request, and conflict when RemoveMissing would remove more than a
// tenth of the roster's users.
func (s *Store) ApplyRoster(ctx context.Context, actor people.Actor, roster people.Roster, opts people.RosterOptions,
	progress func(done, total int),
) (people.RosterReport, error) {
	run := &rosterRun{store: s, actor: actor, roster: roster.Clean(), opts: opts, progress: progress}
	run.report.DryRun = opts.DryRun
	if err := run.check(); err != nil {
		return run.report, err
	}
	err := run.apply(ctx)
	if !opts.DryRun {
		err = run.conclude(context.WithoutCancel(ctx), err)
	}
	if err != nil {
		return run.report, fmt.Errorf("applying a roster: %w", err)
	}
	return run.report, nil
}

func (r *rosterRun) apply(ctx context.Context) error {
	missing, err := r.findMissing(ctx)
	if err != nil {
		return err
	}
	if err := r.applyPeople(ctx); err != nil {
		return err
	}
	if err := r.loadIDs(ctx); err != nil {
		return err
	}
	if err := r.applyGroups(ctx); err != nil {
		return err
	}
	if err := r.applyDevices(ctx); err != nil {
		return err
	}
	if err := r.removeMissing(ctx, missing); err != nil {
		return err
	}
	return r.refreshStatistics(ctx)
}

// refreshStatistics tells the planner of a school that has just come: until
// then PostgreSQL takes the tables for small ones.
func (r *rosterRun) refreshStatistics(ctx context.Context) error {
	if r.opts.DryRun || r.report.Users.Created+r.report.Devices.Created < rosterBatch {
		return nil
	}
	return r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, table := range []string{"users", "groups", "group_users", "devices"} {
			if _, err := tx.Exec(ctx, "ANALYZE "+table); err != nil {
				return fmt.Errorf("counting table %s: %w", table, err)
			}
		}
		return nil
	})
}

// advance counts rows that were dealt with.
func (r *rosterRun) advance(rows int) {
	r.done += rows
	if r.progress != nil {
		r.progress(r.done, len(r.roster.People)+len(r.roster.Groups)+len(r.roster.Devices))
	}
}

// rosterDoc is a roster in the audit log: one row for the whole.
type rosterDoc struct {
	Users      people.RosterCounts `json:"users"`
	Groups     people.RosterCounts `json:"groups"`
	Devices    people.RosterCounts `json:"devices"`
	Removed    int                 `json:"removed"`
	Incomplete bool                `json:"incomplete,omitempty"`
}

// conclude writes the audit row, of a run that was cut off too.
func (r *rosterRun) conclude(ctx context.Context, failure error) error {
	doc := rosterDoc{r.report.Users, r.report.Groups, r.report.Devices, r.report.Removed, failure != nil}
	err := r.store.write(ctx, func(_ context.Context, tx *Tx) error {
		tx.audit(r.actor, change{Action: "roster.apply", Kind: "roster", ID: newID(), Became: doc})
		return nil
	})
	if failure != nil {
		return failure
	}
	return err
}

type missingRow struct {
	ID         string `db:"id"`
	ExternalID string `db:"external_id"`
	FullName   string `db:"full_name"`
}

// findMissing lists the users of earlier rosters that this one lacks, and
// stops here when removing them needs more than the caller's word.
func (r *rosterRun) findMissing(ctx context.Context) ([]string, error) {
	here := make(map[string]bool, len(r.roster.People))
	for _, p := range r.roster.People {
		here[p.ExternalID] = true
	}
	var missing []string
	managed := 0
	for last := ""; ; {
		var rows []missingRow
		err := r.store.reader().Select(ctx, &rows, `SELECT id, external_id, full_name FROM users
			WHERE source = ? AND external_id IS NOT NULL AND deleted_at IS NULL AND NOT `+fromDirectory+` AND id > ? ORDER BY id LIMIT ?`, rosterSource, last, 10*rosterBatch)
		if err != nil {
			return nil, fmt.Errorf("reading the users of earlier rosters: %w", err)
		}
		managed += len(rows)
		for _, row := range rows {
			if !here[row.ExternalID] {
				missing = append(missing, row.ID)
				r.noteMissing(row)
			}
		}
		if len(rows) < 10*rosterBatch {
			return missing, r.brake(len(missing), managed)
		}
		last = rows[len(rows)-1].ID
	}
}

func (r *rosterRun) noteMissing(row missingRow) {
	r.report.Users.Missing++
	if len(r.report.Missing) < maxFields {
		r.report.Missing = append(r.report.Missing, people.MissingUser(row))
	}
}

// brake keeps a roster that was cut short from emptying a school.
func (r *rosterRun) brake(missing, managed int) error {
	if !r.opts.RemoveMissing || r.opts.Force || missing*10 <= managed {
		return nil
	}
	f := fault.New(fault.Conflict, fmt.Sprintf(
		"This roster would remove %d of %d users, more than a tenth; look at it again, and force it if it is right.", missing, managed))
	f.Details = map[string]any{"missing": missing, "managed": managed}
	return f
}

func (r *rosterRun) removeMissing(ctx context.Context, missing []string) error {
	if !r.opts.RemoveMissing || r.opts.DryRun {
		return nil
	}
	for chunk := range slices.Chunk(missing, rosterBatch) {
		err := r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
			return deleteUsers(ctx, tx, r.actor, chunk, invitation.Deleted)
		})
		if err != nil {
			return fmt.Errorf("removing users: %w", err)
		}
		r.report.Removed += len(chunk)
	}
	return nil
}

// loadIDs reads the ids of all users with an external id: the groups and
// devices of a roster name people by those.
func (r *rosterRun) loadIDs(ctx context.Context) error {
	r.ids = make(map[string]string, len(r.roster.People))
	rows, err := r.store.reader().Query(ctx, "SELECT id, external_id FROM users WHERE external_id IS NOT NULL AND deleted_at IS NULL")
	if err != nil {
		return fmt.Errorf("reading the ids of users: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, external string
		if err := rows.Scan(&id, &external); err != nil {
			return fmt.Errorf("reading the ids of users: %w", err)
		}
		r.ids[external] = id
	}
	if r.opts.DryRun {
		r.inventIDs()
	}
	r.present = make(map[string]bool, len(r.roster.People))
	for _, p := range r.roster.People {
		r.present[r.ids[p.ExternalID]] = true
	}
	return mapError(ctx, rows.Err())
}

// inventIDs gives an id to those whom a dry run did not make.
func (r *rosterRun) inventIDs() {
	for _, p := range r.roster.People {
		if r.ids[p.ExternalID] == "" {
			r.ids[p.ExternalID] = "new " + p.ExternalID
		}
	}
}
