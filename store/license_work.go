package store

import (
	"context"
	"fmt"

	"heraut/content"
)

type workRow struct {
	AdamID    string `db:"adam_id"`
	Pricing   string `db:"pricing"`
	Open      bool   `db:"open"`
	Waiting   int    `db:"waiting"`
	Releasing int    `db:"releasing"`
	Available int    `db:"available"`
	Drift     bool   `db:"drift"`
}

func (r workRow) work() content.LicenseWork {
	return content.LicenseWork{
		AssetRef: content.AssetRef{AdamID: r.AdamID, Pricing: r.Pricing},
		Open:     r.Open, Waiting: r.Waiting, Releasing: r.Releasing, Available: r.Available, Drift: r.Drift,
	}
}

// licenseWork reads what there is to do about the assets of a location. What
// Apple counts as assigned are ours and others; during a batch nobody knows.
// It takes the location twice.
const licenseWork = `SELECT a.adam_id, a.pricing, a.available, COALESCE(n.waiting, 0) AS waiting, COALESCE(n.releasing, 0) AS releasing,
		b.id IS NOT NULL AS open, b.id IS NULL AND a.assigned <> a.others + COALESCE(n.held, 0) AS drift
	FROM assets a
	LEFT JOIN license_batches b ON b.location = a.location AND b.adam_id = a.adam_id AND b.pricing = a.pricing AND b.ended_at IS NULL
	LEFT JOIN (
		SELECT adam_id, pricing, SUM(CASE WHEN state = 'waiting' THEN 1 ELSE 0 END) AS waiting,
			SUM(CASE WHEN state = 'releasing' THEN 1 ELSE 0 END) AS releasing,
			SUM(CASE WHEN state IN ('taken', 'kept', 'releasing') THEN 1 ELSE 0 END) AS held
		FROM licenses WHERE location = ? GROUP BY adam_id, pricing
	) n ON n.adam_id = a.adam_id AND n.pricing = a.pricing
	WHERE a.location = ?`

// LicenseWork lists the assets of a location about which Apple has to be
// asked, by number and price class; none while a restore holds them back.
func (s *Store) LicenseWork(ctx context.Context, location string) ([]content.LicenseWork, error) {
	if wait, err := heldBack(ctx, s.reader()); err != nil || wait {
		return nil, err
	}
	var rows []workRow
	if err := s.reader().Select(ctx, &rows, licenseWork+" ORDER BY a.adam_id, a.pricing", location, location); err != nil {
		return nil, fmt.Errorf("reading what there is to do about licenses: %w", err)
	}
	var list []content.LicenseWork
	for _, row := range rows {
		if w := row.work(); !w.Idle() {
			list = append(list, w)
		}
	}
	return list, nil
}

// AssetWork reads what there is to do about one asset. Fault: not_found.
func (s *Store) AssetWork(ctx context.Context, location string, ref content.AssetRef) (content.LicenseWork, error) {
	var row workRow
	err := s.reader().Get(ctx, &row, licenseWork+" AND a.adam_id = ? AND a.pricing = ?", location, location, ref.AdamID, ref.Pricing)
	if err != nil {
		return content.LicenseWork{}, fmt.Errorf("reading what there is to do about asset %s: %w", ref.AdamID, orNotFound(err, "Asset not found."))
	}
	return row.work(), nil
}
