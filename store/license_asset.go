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
	var c condition
	c.and("l.user_id = u.id AND u.deleted_at IS NULL AND "+held, location, ref.AdamID, ref.Pricing)
	c.and("(u.sort_name, u.id) > (?, ?)", after.Key, after.ID)
	if err := s.fewHolders(ctx, &c, location, ref); err != nil {
		return people.Page[content.License]{}, err
	}
	var rows []holderRow
	err = s.reader().SelectFor(ctx, &rows, holderColumns+` FROM users u CROSS JOIN licenses l
		JOIN assets a ON a.location = l.location AND a.adam_id = l.adam_id AND a.pricing = l.pricing
		WHERE `+c.where()+" ORDER BY u.sort_name, u.id LIMIT ?", append(c.args, limit+1)...)
	if err != nil {
		return people.Page[content.License]{}, fmt.Errorf("listing who has asset %s: %w", ref.AdamID, err)
	}
	return pageOf(rows, limit, holderRow.holder, holderRow.byName), nil
}

// held are the licenses l of an asset that somebody has.
const held = "l.location = ? AND l.adam_id = ? AND l.pricing = ? AND l.state IN ('taken', 'kept', 'releasing')"

// fewHolders narrows users u to who has an asset, unless those are many: a walk
// through all users by name soon finds a page of them then.
func (s *Store) fewHolders(ctx context.Context, c *condition, location string, ref content.AssetRef) error {
	var ids []string
	err := s.reader().Select(ctx, &ids, "SELECT l.user_id FROM licenses l WHERE "+held+" LIMIT ?", location, ref.AdamID, ref.Pricing, smallGroup+1)
	if err != nil {
		return fmt.Errorf("reading who has asset %s: %w", ref.AdamID, err)
	}
	if in, args := inClause("u.id", ids); len(ids) <= smallGroup {
		c.and(in, args...)
	}
	return nil
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
