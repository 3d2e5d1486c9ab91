package store

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// setChange is what turns one set of ids into another.
type setChange struct{ added, removed []string }

func difference(old, wanted []string) setChange {
	var c setChange
	left := make(map[string]bool, len(old))
	for _, id := range old {
		left[id] = true
	}
	kept := make(map[string]bool, len(wanted))
	for _, id := range wanted {
		if !left[id] && !kept[id] {
			c.added = append(c.added, id)
		}
		kept[id] = true
	}
	for _, id := range old {
		if !kept[id] {
			c.removed = append(c.removed, id)
		}
	}
	return c
}

func (c setChange) empty() bool { return len(c.added) == 0 && len(c.removed) == 0 }

// apply writes the change to a table of pairs, all of which have the owner.
func (c setChange) apply(ctx context.Context, tx *Tx, table, owner, member, id string) error {
	for chunk := range slices.Chunk(c.removed, maxIn) {
		in, args := inClause(member, chunk)
		if _, err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s = ? AND %s", table, owner, in), append([]any{id}, args...)...); err != nil {
			return err
		}
	}
	rows := make([][]any, len(c.added))
	for i, added := range c.added {
		rows[i] = []any{id, added}
	}
	_, err := insertRows(ctx, tx, table, []string{owner, member}, rows, "ON CONFLICT DO NOTHING")
	return err
}

// touch gives a row a new version and returns the time it was given.
func touch(ctx context.Context, tx *Tx, table, id string) (time.Time, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return time.Time{}, err
	}
	_, err = tx.Exec(ctx, "UPDATE "+table+" SET updated_at = ?, version = version + 1 WHERE id = ?", now, id)
	return now.Time, err
}
