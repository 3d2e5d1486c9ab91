package store

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"heraut/people"
)

// Search finds users, groups and devices, at most limit of each. Names that
// begin with the query come first, then others by name; a query of blanks finds
// nothing. Devices are found by what is their own, not by their owners.
func (s *Store) Search(ctx context.Context, query string, limit int) (people.Found, error) {
	var found people.Found
	if blank(query) {
		return found, nil
	}
	users := search[userRow]{columns: userColumns, table: "users", from: "users", others: s.found, id: userRow.id}
	groups := search[groupRow]{columns: groupColumns, table: "groups", from: "groups", others: s.groupsFound, id: groupRow.id}
	devices := search[ownedRow]{
		columns: ownedColumns, table: "devices", from: "devices d LEFT JOIN users o ON o.id = d.user_id", alias: "d.", others: s.found, id: ownedRow.id,
	}
	var userRows []userRow
	var groupRows []groupRow
	var deviceRows []ownedRow
	all, ctx := errgroup.WithContext(ctx)
	all.Go(func() (err error) { userRows, err = users.run(ctx, s.reader(), query, limit); return err })
	all.Go(func() (err error) { groupRows, err = groups.run(ctx, s.reader(), query, limit); return err })
	all.Go(func() (err error) {
		if deviceRows, err = devices.run(ctx, s.reader(), query, limit); err != nil {
			return err
		}
		return loadOwnedPush(ctx, s.reader(), deviceRows)
	})
	if err := all.Wait(); err != nil {
		return found, fmt.Errorf("searching: %w", err)
	}
	found.Users = pageOf(userRows, limit, userRow.user, userRow.cursor).Items
	found.Groups = pageOf(groupRows, limit, groupRow.group, groupRow.cursor).Items
	found.Devices = pageOf(deviceRows, limit, ownedRow.owned, ownedRow.byName).Items
	return found, nil
}

func (r userRow) id() string  { return r.ID }
func (r groupRow) id() string { return r.ID }
func (r ownedRow) id() string { return r.ID }

// groupsFound is found for groups, of which there are few.
func (s *Store) groupsFound(ctx context.Context, _, query string, limit int) (ids []string, err error) {
	err = s.reader().SelectFor(ctx, &ids, "SELECT id FROM groups WHERE deleted_at IS NULL AND "+like("sort_name")+" ORDER BY sort_name, id LIMIT ?",
		holding(query), limit)
	return ids, err
}

// search is how rows of one kind are found.
type search[R any] struct {
	columns, table, from, alias string
	// others finds the ids of rows of a table that hold a query anywhere, by name.
	others func(ctx context.Context, table, query string, limit int) ([]string, error)
	id     func(R) string
}

// afterAll is above what a name can go on with.
const afterAll = "\U0010FFFF"

func (q search[R]) run(ctx context.Context, from *Reader, query string, limit int) ([]R, error) {
	begin := fold(query)
	// The ids first: they are found in nothing but an index.
	rows, err := q.read(ctx, from, q.alias+"id IN (SELECT id FROM "+q.table+" WHERE deleted_at IS NULL AND sort_name >= ? AND sort_name < ?"+
		" ORDER BY sort_name, id LIMIT ?)", begin, begin+afterAll, limit)
	if err != nil || len(rows) == limit {
		return rows, err
	}
	ids, err := q.others(ctx, q.table, query, limit)
	if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(rows, func(r R) bool { return q.id(r) == id })
	})
	in, args := inClause(q.alias+"id", ids[:min(len(ids), limit-len(rows))])
	more, err := q.read(ctx, from, in, args...)
	return append(rows, more...), err
}

// read reads rows by name.
func (q search[R]) read(ctx context.Context, from *Reader, where string, args ...any) (rows []R, err error) {
	err = from.SelectFor(ctx, &rows, "SELECT "+q.columns+" FROM "+q.from+" WHERE "+where+" ORDER BY "+q.alias+"sort_name, "+q.alias+"id", args...)
	return rows, err
}
