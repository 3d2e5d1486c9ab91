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
	if fold(query) == "" {
		return found, nil
	}
	users := search[userRow]{columns: userColumns, table: "users", from: "users", column: "search", id: userRow.id}
	groups := search[groupRow]{columns: groupColumns, table: "groups", from: "groups", column: "sort_name", id: groupRow.id}
	devices := search[ownedRow]{
		columns: ownedColumns, table: "devices", from: "devices d LEFT JOIN users o ON o.id = d.user_id", alias: "d.", column: "search", id: ownedRow.id,
	}
	var userRows []userRow
	var groupRows []groupRow
	var deviceRows []ownedRow
	all, ctx := errgroup.WithContext(ctx) // each may read a whole index
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

// search is how rows of one kind are found.
type search[R any] struct {
	columns, table, from, alias string
	// column is the text that may hold the query.
	column string
	id     func(R) string
}

// afterAll is above what a name can go on with.
const afterAll = "\U0010FFFF"

func (q search[R]) run(ctx context.Context, from *Reader, query string, limit int) ([]R, error) {
	begin := fold(query)
	var rows, more []R
	// The ids first: they are found in nothing but an index.
	head := "SELECT " + q.columns + " FROM " + q.from + " WHERE " + q.alias + "id IN (SELECT id FROM " + q.table + " WHERE deleted_at IS NULL AND "
	tail := " ORDER BY sort_name, id LIMIT ?) ORDER BY " + q.alias + "sort_name, " + q.alias + "id"
	err := from.SelectFor(ctx, &rows, head+"sort_name >= ? AND sort_name < ?"+tail, begin, begin+afterAll, limit)
	if err != nil || len(rows) == limit {
		return rows, err
	}
	err = from.SelectFor(ctx, &more, head+like(q.column)+tail, holding(query), limit)
	if err != nil {
		return nil, err
	}
	for _, row := range more {
		same := func(r R) bool { return q.id(r) == q.id(row) }
		if len(rows) < limit && !slices.ContainsFunc(rows, same) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
