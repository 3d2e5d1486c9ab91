package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/content"
	"heraut/people"
)

// AssetHolders lists who has an app or a book of a location, by name: licenses
// that are taken, kept or being taken back. An empty location is the first one.
func (s *Store) AssetHolders(ctx context.Context, location string, ref content.AssetRef, after people.Cursor, limit int) (people.Page[content.License], error) {
	location, err := firstUnless(ctx, s.reader(), location)
	if err != nil {
		return people.Page[content.License]{}, err
	}
	var rows []holderRow
	err = s.reader().SelectFor(ctx, &rows, holderColumns+` FROM users u CROSS JOIN licenses l
		JOIN assets a ON a.location = l.location AND a.adam_id = l.adam_id AND a.pricing = l.pricing
		WHERE l.user_id = u.id AND l.location = ? AND l.adam_id = ? AND l.pricing = ? AND l.state IN ('taken', 'kept', 'releasing')
			AND u.deleted_at IS NULL AND (u.sort_name, u.id) > (?, ?) ORDER BY u.sort_name, u.id LIMIT ?`,
		location, ref.AdamID, ref.Pricing, after.Key, after.ID, limit+1)
	if err != nil {
		return people.Page[content.License]{}, fmt.Errorf("listing who has asset %s: %w", ref.AdamID, err)
	}
	return pageOf(rows, limit, holderRow.holder, holderRow.byName), nil
}

// AssetQueue lists who waits for an app or a book of a location, who accepted
// first first: licenses go in that order. An empty location is the first one.
func (s *Store) AssetQueue(ctx context.Context, location string, ref content.AssetRef, after people.Cursor, limit int) (people.Page[content.License], error) {
	location, err := firstUnless(ctx, s.reader(), location)
	if err != nil {
		return people.Page[content.License]{}, err
	}
	from := int64(-1)
	if after.Key != "" {
		if from, err = strconv.ParseInt(after.Key, 10, 64); err != nil {
			return people.Page[content.License]{}, badCursor()
		}
	}
	var rows []holderRow
	err = s.reader().SelectFor(ctx, &rows, holderColumns+` FROM licenses l
		JOIN assets a ON a.location = l.location AND a.adam_id = l.adam_id AND a.pricing = l.pricing
		JOIN users u ON u.id = l.user_id
		WHERE l.location = ? AND l.adam_id = ? AND l.pricing = ? AND l.state IN ('waiting', 'claimed') AND l.settled_at IS NULL
			AND (l.accepted_order, l.id) > (?, ?) ORDER BY l.accepted_order, l.id LIMIT ?`,
		location, ref.AdamID, ref.Pricing, from, after.ID, limit+1)
	if err != nil {
		return people.Page[content.License]{}, fmt.Errorf("listing who waits for asset %s: %w", ref.AdamID, err)
	}
	return pageOf(rows, limit, holderRow.holder, holderRow.byTurn), nil
}

// holderRow is a license with what its lists are ordered by.
type holderRow struct {
	licenseRow

	SortName string `db:"sort_name"`
	Order    int64  `db:"accepted_order"`
}

const holderColumns = `SELECT l.id, l.location, l.adam_id, l.pricing, a.type, a.name, l.user_id, u.full_name, l.state, l.last_answer, l.created_at, l.settled_at,
	a.available, EXISTS (SELECT 1 FROM routes WHERE name = 'apps_and_books/' || l.location AND down_since IS NOT NULL) AS away, u.sort_name, l.accepted_order`

func (r holderRow) holder() content.License { return r.license() }

func (r holderRow) byName() people.Cursor { return people.Cursor{Key: r.SortName, ID: r.UserID} }

func (r holderRow) byTurn() people.Cursor {
	return people.Cursor{Key: strconv.FormatInt(r.Order, 10), ID: r.ID}
}
