package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"heraut/content"
)

type promiseRow struct {
	AdamID  string `db:"adam_id"`
	Pricing string `db:"pricing"`
	GroupID Text   `db:"group_id"`
	Name    Text   `db:"name"`
}

// Promises lists what a user is promised by itself or by its groups, and what
// the user has of it or still has without a promise, by number and price class,
// of the location that the user belongs to. Fault: not_found.
func (s *Store) Promises(ctx context.Context, userID string) ([]content.Promise, error) {
	var promises []content.Promise
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := getUser(ctx, tx, userID); err != nil {
			return err
		}
		location, err := placeOfUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		found := map[content.AssetRef]*content.Promise{}
		for _, read := range []func(context.Context, getter, string, string, map[content.AssetRef]*content.Promise) error{
			readPromises, readLicenses, readPromised,
		} {
			if err := read(ctx, tx, location, userID, found); err != nil {
				return err
			}
		}
		promises = promises[:0]
		for _, p := range slices.SortedFunc(maps.Values(found), func(a, b *content.Promise) int { return a.Compare(b.AssetRef) }) {
			promises = append(promises, *p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the content of user %s: %w", userID, err)
	}
	return promises, nil
}

func promiseOf(found map[content.AssetRef]*content.Promise, ref content.AssetRef) *content.Promise {
	if found[ref] == nil {
		found[ref] = &content.Promise{Asset: content.Asset{AssetRef: ref}}
	}
	return found[ref]
}

// readPromises notes who promises what.
func readPromises(ctx context.Context, from getter, location, userID string, found map[content.AssetRef]*content.Promise) error {
	var rows []promiseRow
	err := from.Select(ctx, &rows, `WITH RECURSIVE above (id) AS (
			SELECT group_id FROM group_users WHERE user_id = ?
			UNION
			SELECT parent_id FROM group_groups JOIN above ON child_id = above.id
		)
		SELECT adam_id, pricing, NULL AS group_id, NULL AS name FROM content_assignments WHERE location = ? AND user_id = ?
		UNION ALL
		SELECT c.adam_id, c.pricing, g.id, g.name FROM above CROSS JOIN content_assignments c JOIN groups g ON g.id = c.group_id
			WHERE c.group_id = above.id AND c.location = ?`, userID, location, userID, location)
	if err != nil {
		return fmt.Errorf("reading what is promised: %w", err)
	}
	for _, r := range rows {
		p := promiseOf(found, content.AssetRef{AdamID: r.AdamID, Pricing: r.Pricing})
		if r.GroupID == "" {
			p.Direct = true
		} else {
			p.Groups = append(p.Groups, content.GroupName{ID: string(r.GroupID), Name: string(r.Name)})
		}
	}
	for _, p := range found {
		slices.SortFunc(p.Groups, func(a, b content.GroupName) int {
			return cmp.Or(cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.ID, b.ID))
		})
	}
	return nil
}

// readLicenses notes the user's licenses.
func readLicenses(ctx context.Context, from getter, location, userID string, found map[content.AssetRef]*content.Promise) error {
	var rows []licenseRow
	if err := from.Select(ctx, &rows, licenseColumns+"WHERE l.user_id = ? AND l.location = ?", userID, location); err != nil {
		return fmt.Errorf("reading licenses: %w", err)
	}
	for _, r := range rows {
		license := r.license()
		promiseOf(found, license.AssetRef).License = &license
	}
	return nil
}

// readPromised fills in the assets.
func readPromised(ctx context.Context, from getter, location, _ string, found map[content.AssetRef]*content.Promise) error {
	numbers := make([]string, 0, len(found))
	for ref := range found {
		numbers = append(numbers, ref.AdamID)
	}
	for chunk := range slices.Chunk(numbers, maxIn) {
		in, args := inClause("a.adam_id", chunk)
		var rows []assetRow
		err := from.Select(ctx, &rows, "SELECT "+assetColumns+" FROM assets a WHERE a.location = ? AND "+in, append([]any{location}, args...)...)
		if err != nil {
			return fmt.Errorf("reading apps and books: %w", err)
		}
		for _, r := range rows {
			if p := found[r.ref()]; p != nil {
				p.Asset = r.asset()
			}
		}
	}
	return nil
}
