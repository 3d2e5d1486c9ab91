package store

import (
	"context"
	"fmt"
	"strings"

	"heraut/content"
	"heraut/people"
)

// Asset returns one app or book of a location; an empty one is the first that
// has a content token. Fault: not_found.
func (s *Store) Asset(ctx context.Context, location string, ref content.AssetRef) (content.Asset, error) {
	location, err := firstUnless(ctx, s.reader(), location)
	if err != nil {
		return content.Asset{}, err
	}
	var row assetRow
	err = s.reader().Get(ctx, &row, "SELECT "+assetColumns+" FROM assets a WHERE a.location = ? AND a.adam_id = ? AND a.pricing = ?",
		location, ref.AdamID, ref.Pricing)
	if err != nil {
		return content.Asset{}, fmt.Errorf("reading asset %s: %w", ref.AdamID, orNotFound(err, "The location of the content token has no such app or book."))
	}
	return row.asset(), nil
}

// firstUnless is the location itself, or for an empty one the first that has a
// content token; empty without any.
func firstUnless(ctx context.Context, from getter, location string) (string, error) {
	if location != "" {
		return location, nil
	}
	all, err := locations(ctx, from)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}

// scanned is how many assets FindAssets looks at in one query.
const scanned = 500

// FindAssets is ListAssets, narrowed to those whose name or number holds a
// query, in any case and with or without accents; an empty query, or one of
// blanks, does not narrow: nothing acts on all that is found. A location owns so
// few assets that they are read for it.
func (s *Store) FindAssets(ctx context.Context, query string, after people.Cursor, limit int) (people.Page[content.Asset], error) {
	if blank(query) {
		return s.ListAssets(ctx, after, limit)
	}
	var found people.Page[content.Asset]
	for next := &after; next != nil; {
		part, err := s.ListAssets(ctx, *next, scanned)
		if err != nil {
			return found, err
		}
		for _, a := range part.Items {
			if !strings.Contains(fold(a.Name)+"\n"+a.AdamID, fold(query)) {
				continue
			}
			if len(found.Items) == limit {
				last := found.Items[limit-1]
				found.Next = &people.Cursor{Key: last.AdamID, ID: last.Pricing + " " + last.Location}
				return found, nil
			}
			found.Items = append(found.Items, a)
		}
		next = part.Next
	}
	return found, nil
}
