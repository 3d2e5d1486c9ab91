package store

import (
	"context"
	"fmt"
	"strings"

	"heraut/content"
	"heraut/people"
)

type assetRow struct {
	Location  string            `db:"location"`
	AdamID    string            `db:"adam_id"`
	Pricing   string            `db:"pricing"`
	Type      content.AssetType `db:"type"`
	Name      string            `db:"name"`
	Revocable bool              `db:"revocable"`
	Total     int               `db:"total"`
	Assigned  int               `db:"assigned"`
	Available int               `db:"available"`
	Waiting   int               `db:"waiting"`
	UpdatedAt Time              `db:"updated_at"`
}

func (r assetRow) ref() content.AssetRef {
	return content.AssetRef{AdamID: r.AdamID, Pricing: r.Pricing}
}

func (r assetRow) asset() content.Asset {
	return content.Asset{
		AssetRef: r.ref(), Location: r.Location, Type: r.Type, Name: r.Name, Revocable: r.Revocable,
		Total: r.Total, Assigned: r.Assigned, Available: r.Available, Waiting: r.Waiting, UpdatedAt: r.UpdatedAt.Time,
	}
}

// cursor has the number and the price class, which is without a blank, and the
// location.
func (r assetRow) cursor() people.Cursor {
	return people.Cursor{Key: r.AdamID, ID: r.Pricing + " " + r.Location}
}

// assetColumns are of assets a.
const assetColumns = `a.location, a.adam_id, a.pricing, a.type, a.name, a.revocable, a.total, a.assigned, a.available, a.updated_at,
	(SELECT COUNT(*) FROM licenses l WHERE l.location = a.location AND l.adam_id = a.adam_id AND l.pricing = a.pricing
		AND l.state IN ('waiting', 'claimed') AND l.settled_at IS NULL) AS waiting`

// ListAssets lists what the locations own that have a content token, by number,
// price class and location.
func (s *Store) ListAssets(ctx context.Context, after people.Cursor, limit int) (people.Page[content.Asset], error) {
	pricing, location, _ := strings.Cut(after.ID, " ")
	var rows []assetRow
	err := s.reader().Select(ctx, &rows, "SELECT "+assetColumns+` FROM assets a
		WHERE a.location IN (`+withToken+`) AND (a.adam_id, a.pricing, a.location) > (?, ?, ?) ORDER BY a.adam_id, a.pricing, a.location LIMIT ?`,
		after.Key, pricing, location, limit+1)
	if err != nil {
		return people.Page[content.Asset]{}, fmt.Errorf("listing apps and books: %w", err)
	}
	return pageOf(rows, limit, assetRow.asset, assetRow.cursor), nil
}

// KeepAssets makes assets all that a location owns. One that is not among
// them any more keeps its row, without licenses.
func (s *Store) KeepAssets(ctx context.Context, location string, assets []content.Asset) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE assets SET total = 0, assigned = 0, available = 0, updated_at = ?
			WHERE location = ? AND total + assigned + available > 0`, now, location)
		if err != nil {
			return err
		}
		return upsertAssets(ctx, tx, location, assets, now)
	})
	if err != nil {
		return fmt.Errorf("keeping apps and books: %w", err)
	}
	return nil
}

// KeepAsset keeps what Apple says of one asset now.
func (s *Store) KeepAsset(ctx context.Context, location string, asset content.Asset) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return upsertAssets(ctx, tx, location, []content.Asset{asset}, now)
	})
	if err != nil {
		return fmt.Errorf("keeping asset %s: %w", asset.AdamID, err)
	}
	return nil
}

func upsertAssets(ctx context.Context, tx *Tx, location string, assets []content.Asset, now Time) error {
	rows := make([][]any, len(assets))
	for i, a := range assets {
		rows[i] = []any{location, a.AdamID, a.Pricing, string(a.Type), a.Name, a.Revocable, a.Total, a.Assigned, a.Available, now}
	}
	_, err := insertRows(ctx, tx, "assets", columnList("location, adam_id, pricing, type, name, revocable, total, assigned, available, updated_at"), rows,
		`ON CONFLICT (location, adam_id, pricing) DO UPDATE SET type = excluded.type, revocable = excluded.revocable, total = excluded.total,
			assigned = excluded.assigned, available = excluded.available, updated_at = excluded.updated_at,
			name = CASE WHEN excluded.name = '' THEN assets.name ELSE excluded.name END`)
	return err
}
