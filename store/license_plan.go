package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heraut/content"
)

// promisedContent are the CTEs of who is promised which asset of a location,
// directly or through nested groups; it takes the location twice.
const promisedContent = `holding (group_id, adam_id, pricing) AS (
		SELECT group_id, adam_id, pricing FROM content_assignments WHERE location = ? AND group_id IS NOT NULL
		UNION
		SELECT child_id, adam_id, pricing FROM group_groups JOIN holding ON parent_id = holding.group_id
	), promised (user_id, adam_id, pricing) AS (
		SELECT user_id, adam_id, pricing FROM content_assignments WHERE location = ? AND user_id IS NOT NULL
		UNION
		SELECT m.user_id, h.adam_id, h.pricing FROM holding h CROSS JOIN group_users m WHERE m.group_id = h.group_id
	)`

// dueLicenses begins a query with the licenses that users of a location should
// have: who is enrolled, not disabled, accepted at Apple, has the services on and is promised
// the asset. It takes the location three times.
const dueLicenses = `WITH RECURSIVE ` + litGroups + `, ` + promisedContent + `, due (user_id, adam_id, pricing, accepted_order) AS (
		SELECT p.user_id, p.adam_id, p.pricing, r.accepted_order
		FROM promised p
		JOIN registrations r ON r.location = ? AND r.user_id = p.user_id AND r.state = 'associated' AND r.accepted_order IS NOT NULL
		JOIN users u ON u.id = p.user_id AND u.deleted_at IS NULL AND u.disabled_at IS NULL AND u.state = 'enrolled'
		WHERE u.managed_distribution = TRUE
			OR EXISTS (SELECT 1 FROM group_users g WHERE g.user_id = p.user_id AND g.group_id IN (SELECT id FROM lit))
	) `

// lackRow is a license that a user should have and has not asked for.
type lackRow struct {
	UserID  string               `db:"user_id"`
	AdamID  string               `db:"adam_id"`
	Pricing string               `db:"pricing"`
	Order   int64                `db:"accepted_order"`
	ID      Text                 `db:"id"`
	State   content.LicenseState `db:"state"`
	// HadBy is the acceptance that the license was for.
	HadBy int64 `db:"had_by"`
}

// excessRow is a license that a user should not have any more.
type excessRow struct {
	ID        string               `db:"id"`
	State     content.LicenseState `db:"state"`
	Revocable bool                 `db:"revocable"`
	Gone      bool                 `db:"gone"`
}

// PlanLicenses compares what the users of a location should have with what
// they have or wait for: who lacks something waits for it, in the order of
// acceptance, and what is too much is taken back where that can be done. It
// reads whole sets, and writes differences only. What a restore holds back is
// not planned: who has accepted since the backup would lose a license.
func (s *Store) PlanLicenses(ctx context.Context, location string) (content.PlannedLicenses, error) {
	var planned content.PlannedLicenses
	var lacks []lackRow
	var excess []excessRow
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if wait, err := heldBack(ctx, tx); err != nil || wait {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if lacks, err = readLacks(ctx, tx, location, now); err != nil {
			return err
		}
		excess, err = readExcess(ctx, tx, location)
		return err
	})
	if err == nil && len(lacks)+len(excess) > 0 {
		err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
			planned = content.PlannedLicenses{}
			return planLicenses(ctx, tx, location, lacks, excess, &planned)
		})
	}
	if err != nil {
		return planned, fmt.Errorf("planning licenses: %w", err)
	}
	return planned, nil
}

// refusedAgain is the wait before Apple is asked again for whom it refused: not
// every reason of Apple's is known, and not every one lasts.
const refusedAgain = 24 * time.Hour

// readLacks leaves out who was refused lately, unless they have accepted anew:
// what another Apple Account got, or was refused, is not this one's.
func readLacks(ctx context.Context, from getter, location string, now Time) ([]lackRow, error) {
	var rows []lackRow
	err := from.Select(ctx, &rows, dueLicenses+`SELECT d.user_id, d.adam_id, d.pricing, d.accepted_order, l.id, COALESCE(l.state, '') AS state,
			COALESCE(l.accepted_order, 0) AS had_by
		FROM due d LEFT JOIN licenses l ON l.location = ? AND l.user_id = d.user_id AND l.adam_id = d.adam_id AND l.pricing = d.pricing
		WHERE l.id IS NULL OR l.state IN ('released', 'withdrawn', 'kept') OR l.state = 'releasing' AND l.batch_id IS NULL
			OR l.state = 'refused' AND l.settled_at <= ? OR l.state IN ('refused', 'taken') AND l.accepted_order <> d.accepted_order
		ORDER BY d.accepted_order, d.adam_id, d.pricing`, location, location, location, location, At(now.Add(-refusedAgain)))
	if err != nil {
		return nil, fmt.Errorf("reading who lacks licenses: %w", err)
	}
	return rows, nil
}

// readExcess takes one set from the other: a join with due that leaves out
// what matches is a loop in a loop in SQLite.
func readExcess(ctx context.Context, from getter, location string) ([]excessRow, error) {
	var rows []excessRow
	err := from.Select(ctx, &rows, dueLicenses+`, over (user_id, adam_id, pricing) AS (
			SELECT user_id, adam_id, pricing FROM licenses WHERE location = ? AND batch_id IS NULL AND state IN ('waiting', 'taken', 'refused', 'releasing')
			EXCEPT
			SELECT user_id, adam_id, pricing FROM due
		)
		SELECT l.id, l.state, a.revocable, n.user_id IS NULL AS gone
		FROM over o
		JOIN licenses l ON l.location = ? AND l.user_id = o.user_id AND l.adam_id = o.adam_id AND l.pricing = o.pricing
		JOIN assets a ON a.location = l.location AND a.adam_id = l.adam_id AND a.pricing = l.pricing
		LEFT JOIN registrations n ON n.location = l.location AND n.user_id = l.user_id AND n.state <> 'retired'
		WHERE l.state <> 'releasing' OR n.user_id IS NULL
		ORDER BY l.id`, location, location, location, location, location)
	if err != nil {
		return nil, fmt.Errorf("reading who has licenses too many: %w", err)
	}
	return rows, nil
}

// keptWords is why a book stays with its user.
const keptWords = "Apple does not take books back."

func planLicenses(ctx context.Context, tx *Tx, location string, lacks []lackRow, excess []excessRow, planned *content.PlannedLicenses) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if err := waitAnew(ctx, tx, location, lacks, now, planned); err != nil {
		return err
	}
	moves := map[licenseMove][]string{}
	for _, l := range lacks {
		if l.has() {
			move := licenseMove{from: l.State, to: content.LicenseTaken, settled: now}
			moves[move] = append(moves[move], string(l.ID))
		}
	}
	for _, e := range excess {
		move := e.move(now)
		moves[move] = append(moves[move], e.ID)
	}
	for move, ids := range moves {
		n, err := tx.moveLicenses(ctx, move, ids)
		if err != nil {
			return err
		}
		if move.to == content.LicenseReleasing {
			planned.Releasing += n
		} else {
			planned.Settled += n
		}
	}
	return nil
}

// has tells that the user has it still: it was not taken back yet, or can not
// be. What was kept by an acceptance before this one may be another account's;
// where it is not, Apple's list of holders says so.
func (l lackRow) has() bool {
	return l.State == content.LicenseReleasing || l.State == content.LicenseKept && l.HadBy == l.Order
}

// waitAnew writes a new task for each license that somebody lacks.
func waitAnew(ctx context.Context, tx *Tx, location string, lacks []lackRow, now Time, planned *content.PlannedLicenses) error {
	var rows [][]any
	var old []string
	for _, l := range lacks {
		if l.has() {
			continue
		}
		if l.ID != "" {
			old = append(old, string(l.ID))
		}
		rows = append(rows, []any{newID(), location, l.UserID, l.AdamID, l.Pricing, string(content.LicenseWaiting), l.Order, now})
	}
	for chunk := range slices.Chunk(old, maxIn) {
		in, args := inClause("id", chunk)
		if _, err := tx.Exec(ctx, "DELETE FROM licenses WHERE state IN ('released', 'withdrawn', 'refused', 'kept', 'taken') AND "+in, args...); err != nil {
			return err
		}
	}
	n, err := insertRows(ctx, tx, "licenses", columnList("id, location, user_id, adam_id, pricing, state, accepted_order, created_at"), rows,
		"ON CONFLICT (user_id, location, adam_id, pricing) DO NOTHING")
	planned.Waiting += int(n)
	return err
}

// licenseMove is one change of state for many licenses.
type licenseMove struct {
	from, to content.LicenseState
	answer   string
	settled  Time
}

// move tells what becomes of a license that is too much. Who has no account at
// Apple any more has lost what can be taken back with it.
func (e excessRow) move(now Time) licenseMove {
	m := licenseMove{from: e.State, settled: now}
	switch {
	case e.State == content.LicenseWaiting, e.State == content.LicenseRefused:
		m.to = content.LicenseWithdrawn
	case !e.Revocable:
		m.to, m.answer = content.LicenseKept, keptWords
	case e.Gone:
		m.to = content.LicenseReleased
	default:
		m.to, m.settled = content.LicenseReleasing, Time{}
	}
	return m
}

// moveLicenses changes licenses that are as they were, outside of batches.
func (tx *Tx) moveLicenses(ctx context.Context, m licenseMove, ids []string) (int, error) {
	moved := 0
	for chunk := range slices.Chunk(ids, maxIn) {
		in, args := inClause("id", chunk)
		n, err := tx.Exec(ctx, "UPDATE licenses SET state = ?, last_answer = ?, settled_at = ? WHERE state = ? AND batch_id IS NULL AND "+in,
			append([]any{string(m.to), m.answer, m.settled, string(m.from)}, args...)...)
		if err != nil {
			return moved, fmt.Errorf("moving licenses to %s: %w", m.to, err)
		}
		moved += int(n)
	}
	return moved, nil
}
