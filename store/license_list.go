package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
	"heraut/people"
)

type licenseRow struct {
	ID         string               `db:"id"`
	Location   string               `db:"location"`
	AdamID     string               `db:"adam_id"`
	Pricing    string               `db:"pricing"`
	Type       content.AssetType    `db:"type"`
	Name       string               `db:"name"`
	UserID     string               `db:"user_id"`
	FullName   string               `db:"full_name"`
	State      content.LicenseState `db:"state"`
	LastAnswer string               `db:"last_answer"`
	CreatedAt  Time                 `db:"created_at"`
	SettledAt  Time                 `db:"settled_at"`
	Available  int                  `db:"available"`
	Away       bool                 `db:"away"`
}

func (r licenseRow) license() content.License {
	return content.License{
		AssetRef: content.AssetRef{AdamID: r.AdamID, Pricing: r.Pricing},
		ID:       r.ID, Location: r.Location, Type: r.Type, Name: r.Name, UserID: r.UserID, FullName: r.FullName, State: r.State,
		WaitingFor: r.waitingFor(), LastAnswer: r.LastAnswer, CreatedAt: r.CreatedAt.Time, SettledAt: r.SettledAt.Time,
	}
}

func (r licenseRow) waitingFor() string {
	switch {
	case !r.SettledAt.IsZero():
		return ""
	case r.State == content.LicenseWaiting && r.Available == 0:
		return content.WaitingForLicense
	case r.Away:
		return content.WaitingForRetry
	}
	return ""
}

func (r licenseRow) byID() people.Cursor { return people.Cursor{ID: r.ID} }

func (r licenseRow) bySettled() people.Cursor {
	return people.Cursor{Key: r.SettledAt.Format(timeLayout), ID: r.ID}
}

const licenseColumns = `SELECT l.id, l.location, l.adam_id, l.pricing, a.type, a.name, l.user_id, u.full_name, l.state, l.last_answer, l.created_at, l.settled_at,
	a.available, EXISTS (SELECT 1 FROM routes WHERE name = 'apps_and_books/' || l.location AND down_since IS NOT NULL) AS away
	FROM licenses l
	JOIN assets a ON a.location = l.location AND a.adam_id = l.adam_id AND a.pricing = l.pricing
	JOIN users u ON u.id = l.user_id `

// ListActiveLicenses lists licenses that somebody waits for or that are being
// taken back, in the order of the filter: the content tasks beside open
// invitations. Of a location without a content token nothing is under way.
func (s *Store) ListActiveLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error) {
	where, args := licenseWhere(f, "l.settled_at IS NULL AND l.location IN ("+withToken+")")
	order, sign := "l.id DESC", "<"
	if f.Oldest {
		order, sign = "l.id", ">"
	}
	if after.ID != "" {
		where, args = where+" AND l.id "+sign+" ?", append(args, after.ID)
	}
	return s.listLicenses(ctx, where, order, args, limit, licenseRow.byID)
}

// ListCompletedLicenses lists the others, last settled first.
func (s *Store) ListCompletedLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error) {
	where, args := licenseWhere(f, "l.settled_at IS NOT NULL")
	if after.ID != "" {
		var at Time
		if err := at.parse(after.Key); err != nil {
			return people.Page[content.License]{}, badCursor()
		}
		where, args = where+" AND (l.settled_at, l.id) < (?, ?)", append(args, at, after.ID)
	}
	return s.listLicenses(ctx, where, "l.settled_at DESC, l.id DESC", args, limit, licenseRow.bySettled)
}

func licenseWhere(f content.LicenseFilter, state string) (where string, args []any) {
	where = "WHERE " + state
	if f.UserID != "" {
		where, args = where+" AND l.user_id = ?", append(args, f.UserID)
	}
	if f.GroupID != "" { // there are fewer licenses than a group may have members
		where += " AND EXISTS (SELECT 1 FROM group_users m WHERE m.user_id = l.user_id AND m.group_id IN (WITH RECURSIVE " + groupsBelow + " SELECT id FROM below))"
		args = append(args, f.GroupID)
	}
	return where, args
}

func (s *Store) listLicenses(ctx context.Context, where, order string, args []any, limit int, cursor func(licenseRow) people.Cursor) (people.Page[content.License], error) {
	var rows []licenseRow
	err := s.reader().Select(ctx, &rows, licenseColumns+where+" ORDER BY "+order+" LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return people.Page[content.License]{}, fmt.Errorf("listing licenses: %w", err)
	}
	return pageOf(rows, limit, licenseRow.license, cursor), nil
}

type forecastRow struct {
	AdamID    string `db:"adam_id"`
	Pricing   string `db:"pricing"`
	Name      string `db:"name"`
	Needed    int    `db:"needed"`
	Available int    `db:"available"`
}

// ForecastLicenses tells what the users of a plan, silent ones included, will
// need of what they are promised at their locations, by number, price class
// and location: who has a license or is about to get one needs none.
func (s *Store) ForecastLicenses(ctx context.Context, planID string) ([]content.Forecast, error) {
	var forecasts []content.Forecast
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		forecasts = nil
		places, err := locations(ctx, tx)
		for _, place := range places {
			if err == nil {
				err = tx.forecast(ctx, planID, place, &forecasts)
			}
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("forecasting licenses for plan %s: %w", planID, err)
	}
	slices.SortStableFunc(forecasts, func(a, b content.Forecast) int { return a.Compare(b.AssetRef) })
	return forecasts, nil
}

// forecast adds what the users of a plan will need who belong to a location.
func (tx *Tx) forecast(ctx context.Context, planID, location string, forecasts *[]content.Forecast) error {
	var rows []forecastRow
	with, args := placed(scope{"IN (SELECT user_id FROM plan_targets WHERE plan_id = ? UNION SELECT user_id FROM plan_silent WHERE plan_id = ?)", []any{planID, planID}})
	err := tx.Select(ctx, &rows, with+", "+promisedContent+`
		SELECT a.adam_id, a.pricing, a.name, a.available, COUNT(*) AS needed
		FROM promised p
		JOIN placed n ON n.user_id = p.user_id AND n.location = ?
		JOIN assets a ON a.location = ? AND a.adam_id = p.adam_id AND a.pricing = p.pricing
		LEFT JOIN licenses l ON l.location = a.location AND l.user_id = p.user_id AND l.adam_id = p.adam_id AND l.pricing = p.pricing
			AND l.state IN ('claimed', 'taken', 'kept')
		WHERE l.id IS NULL
		GROUP BY a.adam_id, a.pricing, a.name, a.available ORDER BY a.adam_id, a.pricing`,
		append(args, location, location, location, location)...)
	if err != nil {
		return fmt.Errorf("at location %s: %w", location, err)
	}
	for _, r := range rows {
		*forecasts = append(*forecasts, content.Forecast{
			AssetRef: content.AssetRef{AdamID: r.AdamID, Pricing: r.Pricing}, Name: r.Name, Location: location, Needed: r.Needed, Available: r.Available,
		})
	}
	return nil
}
