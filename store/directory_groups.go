package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// linkedGroup is a group with the link to the directory.
type linkedGroup struct {
	StableID string `db:"stable_id"`
	GroupID  string `db:"group_id"`
	DNKey    string `db:"dn_key"`
	Name     string `db:"name"`
}

// groupsDiff is how a page of groups differs from what is stored.
type groupsDiff struct {
	differ           []linkedGroup
	ids              map[string]string
	created, updated int
}

// SyncGroups makes a page of at most 1,000 groups the directory's groups,
// without their members, and returns their ids by stable id. A page without a
// difference writes nothing.
func (s *Store) SyncGroups(ctx context.Context, run people.DirectoryRun, page []people.DirectoryGroup) (ids map[string]string, err error) {
	diff, err := compareGroups(ctx, s.reader(), run.DirectoryID, page)
	if err == nil && len(diff.differ) > 0 {
		err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
			if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
				return err
			}
			if diff, err = compareGroups(ctx, tx, run.DirectoryID, page); err != nil {
				return err
			}
			return tx.writeGroups(ctx, run, diff)
		})
	}
	if err != nil {
		return nil, fmt.Errorf("taking over groups of directory %s: %w", run.DirectoryID, err)
	}
	return diff.ids, nil
}

func compareGroups(ctx context.Context, from getter, directoryID string, page []people.DirectoryGroup) (groupsDiff, error) {
	diff := groupsDiff{ids: make(map[string]string, len(page))}
	if len(page) == 0 {
		return diff, nil
	}
	keys := make([]string, len(page))
	for i, g := range page {
		keys[i] = g.StableID
	}
	in, args := inClause("stable_id", keys)
	var rows []linkedGroup
	err := from.Select(ctx, &rows, `SELECT l.stable_id, l.group_id, l.dn_key, g.name FROM directory_groups l JOIN groups g ON g.id = l.group_id
		WHERE l.directory_id = ? AND l.`+in, append([]any{directoryID}, args...)...)
	if err != nil {
		return diff, err
	}
	known := make(map[string]linkedGroup, len(rows))
	for _, row := range rows {
		known[row.StableID] = row
	}
	for _, g := range page {
		is, exists := known[g.StableID]
		should := linkedGroup{g.StableID, is.GroupID, g.Keys[0].String(), people.Group{Name: g.Name}.Clean().Name}
		switch {
		case !exists:
			should.GroupID = newID()
			diff.created++
		case is.Name != should.Name:
			diff.updated++
		}
		diff.ids[g.StableID] = should.GroupID
		if is != should {
			diff.differ = append(diff.differ, should)
		}
	}
	return diff, nil
}

func (tx *Tx) writeGroups(ctx context.Context, run people.DirectoryRun, diff groupsDiff) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	groups, links := make([][]any, len(diff.differ)), make([][]any, len(diff.differ))
	for i, g := range diff.differ {
		groups[i] = []any{g.GroupID, g.Name, sortName(g.Name), now, now}
		links[i] = []any{run.DirectoryID, g.StableID, g.GroupID, g.DNKey}
	}
	_, err = insertRows(ctx, tx, "groups", columnList("id, name, sort_name, created_at, updated_at"), groups,
		`ON CONFLICT (id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name, updated_at = excluded.updated_at,
			version = groups.version + 1 WHERE groups.name <> excluded.name`)
	if err != nil {
		return err
	}
	_, err = insertRows(ctx, tx, "directory_groups", columnList("directory_id, stable_id, group_id, dn_key"), links,
		"ON CONFLICT (directory_id, stable_id) DO UPDATE SET dn_key = excluded.dn_key")
	if err != nil {
		return err
	}
	return tx.editReport(ctx, run, func(r *people.DirectoryReport) {
		r.Groups.Created += diff.created
		r.Groups.Updated += diff.updated
	})
}
