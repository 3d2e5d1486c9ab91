package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/people"
)

const rosterUserColumns = "id, full_name, email, language, external_id, state, sort_name, search, source, created_at, updated_at"

const rosterUserUpsert = `ON CONFLICT (external_id) DO UPDATE SET full_name = excluded.full_name, email = excluded.email,
	language = excluded.language, sort_name = excluded.sort_name, search = excluded.search, source = excluded.source,
	updated_at = excluded.updated_at, version = users.version + 1`

type rosterUserRow struct {
	ExternalID string `db:"external_id"`
	FullName   string `db:"full_name"`
	Email      string `db:"email"`
	Language   string `db:"language"`
	Source     string `db:"source"`
	Owned      bool   `db:"owned"` // by a directory, which decides the name
}

// applyPeople compares page by page without a lock, and writes a page that
// differs after comparing it again in a transaction.
func (r *rosterRun) applyPeople(ctx context.Context) error {
	for chunk := range slices.Chunk(r.roster.People, rosterBatch) {
		rows, counts, err := comparePeople(ctx, r.store.reader(), chunk)
		if err == nil && len(rows) > 0 && !r.opts.DryRun {
			counts, err = r.writePeople(ctx, chunk)
		}
		if err != nil {
			return fmt.Errorf("applying people: %w", err)
		}
		r.report.Users.Created += counts.Created
		r.report.Users.Updated += counts.Updated
		r.report.Users.Unchanged += counts.Unchanged
		r.advance(len(chunk))
	}
	return nil
}

func (r *rosterRun) writePeople(ctx context.Context, chunk []people.RosterPerson) (counts people.RosterCounts, err error) {
	err = r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
		var rows []rosterUserRow
		if rows, counts, err = comparePeople(ctx, tx, chunk); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		values := make([][]any, len(rows))
		for i, row := range rows {
			values[i] = []any{
				newID(), row.FullName, row.Email, row.Language, row.ExternalID, string(people.NotInvited),
				sortName(row.FullName), searchText(row.FullName, row.Email, row.ExternalID), rosterSource, now, now,
			}
		}
		_, err = insertRows(ctx, tx, "users", columnList(rosterUserColumns), values, rosterUserUpsert)
		return err
	})
	return counts, err
}

// comparePeople returns the rows as they should be, of those that are not.
func comparePeople(ctx context.Context, from getter, chunk []people.RosterPerson) ([]rosterUserRow, people.RosterCounts, error) {
	keys := make([]string, len(chunk))
	for i, p := range chunk {
		keys[i] = p.ExternalID
	}
	in, args := inClause("external_id", keys)
	var known []rosterUserRow
	err := from.Select(ctx, &known, "SELECT external_id, full_name, email, language, source, "+fromDirectory+" AS owned FROM users WHERE "+in, args...)
	if err != nil {
		return nil, people.RosterCounts{}, err
	}
	byKey := make(map[string]rosterUserRow, len(known))
	for _, row := range known {
		byKey[row.ExternalID] = row
	}
	var differ []rosterUserRow
	var counts people.RosterCounts
	for _, p := range chunk {
		is, exists := byKey[p.ExternalID]
		should := wantedUser(is, p.User())
		switch {
		case !exists:
			counts.Created++
		case is == should, is.Owned:
			counts.Unchanged++
			continue
		default:
			counts.Updated++
		}
		differ = append(differ, should)
	}
	return differ, counts, nil
}

// wantedUser leaves an address or language that the roster does not give.
func wantedUser(is rosterUserRow, u people.User) rosterUserRow {
	should := rosterUserRow{ExternalID: u.ExternalID, FullName: u.FullName, Email: u.Email, Language: u.Language, Source: rosterSource}
	if should.Email == "" {
		should.Email = is.Email
	}
	if should.Language == "" {
		should.Language = is.Language
	}
	return should
}
