package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/people"
)

const rosterGroupColumns = "id, name, external_id, sort_name, source, created_at, updated_at"

const rosterGroupUpsert = `ON CONFLICT (external_id) DO UPDATE SET name = excluded.name, sort_name = excluded.sort_name,
	source = excluded.source, updated_at = excluded.updated_at, version = groups.version + 1`

type rosterGroupRow struct {
	ID         string `db:"id"`
	ExternalID string `db:"external_id"`
	Name       string `db:"name"`
	Source     string `db:"source"`
}

// rosterGroups reads the groups that are a roster's by their external ids.
func rosterGroups(ctx context.Context, from getter) (map[string]rosterGroupRow, error) {
	var rows []rosterGroupRow
	err := from.Select(ctx, &rows, `SELECT id, external_id, name, source FROM groups
		WHERE deleted_at IS NULL AND (external_id LIKE ? OR external_id LIKE ?)`, people.RosterClass+"%", people.RosterLocation+"%")
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]rosterGroupRow, len(rows))
	for _, row := range rows {
		byKey[row.ExternalID] = row
	}
	return byKey, nil
}

// applyGroups writes the groups, then their members. A group whose members
// alone differ counts as updated.
func (r *rosterRun) applyGroups(ctx context.Context) error {
	before, err := rosterGroups(ctx, r.store.reader())
	if err != nil {
		return fmt.Errorf("reading groups: %w", err)
	}
	var differ []people.RosterGroup
	changed := map[string]bool{}
	here := make(map[string]bool, len(r.roster.Groups))
	for _, g := range r.roster.Groups {
		here[g.ExternalID] = true
		is, exists := before[g.ExternalID]
		if !exists {
			r.report.Groups.Created++
		}
		if !exists || is.Name != strings.TrimSpace(g.Name) || is.Source != rosterSource {
			differ, changed[g.ExternalID] = append(differ, g), exists
		}
	}
	for key, row := range before {
		if row.Source == rosterSource && !here[key] {
			r.report.Groups.Missing++
		}
	}
	if !r.opts.DryRun {
		if err := r.writeGroups(ctx, differ); err != nil {
			return fmt.Errorf("applying groups: %w", err)
		}
	}
	if err := r.applyMembers(ctx, changed); err != nil {
		return fmt.Errorf("applying members: %w", err)
	}
	for _, existed := range changed {
		if existed {
			r.report.Groups.Updated++
		}
	}
	r.report.Groups.Unchanged = len(r.roster.Groups) - r.report.Groups.Created - r.report.Groups.Updated
	return nil
}

func (r *rosterRun) writeGroups(ctx context.Context, groups []people.RosterGroup) error {
	for chunk := range slices.Chunk(groups, rosterBatch) {
		err := r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
			now, err := tx.Now(ctx)
			if err != nil {
				return err
			}
			values := make([][]any, len(chunk))
			for i, g := range chunk {
				name := strings.TrimSpace(g.Name)
				values[i] = []any{newID(), name, g.ExternalID, sortName(name), rosterSource, now, now}
			}
			_, err = insertRows(ctx, tx, "groups", columnList(rosterGroupColumns), values, rosterGroupUpsert)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
