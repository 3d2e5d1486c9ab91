package store

import (
	"context"
	"fmt"
	"time"
)

const (
	// unnamedAgain is when the store is asked again for the name of what it did
	// not know, namedAgain for that of what it knew: names change now and then.
	unnamedAgain = 24 * time.Hour
	namedAgain   = 30 * 24 * time.Hour
)

// AssetsToName lists the numbers of apps and books of a location whose name is
// to be asked for, those without one first.
func (s *Store) AssetsToName(ctx context.Context, location string, limit int) ([]string, error) {
	now := s.clock()
	var ids []string
	err := s.reader().Select(ctx, &ids, `SELECT adam_id FROM assets WHERE location = ? AND total > 0 GROUP BY adam_id
		HAVING MAX(name_asked_at) IS NULL OR MAX(name_asked_at) < ? OR (MAX(name) = '' AND MAX(name_asked_at) < ?)
		ORDER BY MAX(name) <> '', adam_id LIMIT ?`, location, At(now.Add(-namedAgain)), At(now.Add(-unnamedAgain)), limit)
	if err != nil {
		return nil, fmt.Errorf("listing apps and books to name: %w", err)
	}
	return ids, nil
}

// KeepAssetName keeps what an app or a book is called; an empty name keeps only
// that it was asked for.
func (s *Store) KeepAssetName(ctx context.Context, location, adamID, name string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE assets SET name_asked_at = ?, name = CASE WHEN ? = '' THEN name ELSE ? END
			WHERE location = ? AND adam_id = ?`, now, name, name, location, adamID)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the name of asset %s: %w", adamID, err)
	}
	return nil
}
