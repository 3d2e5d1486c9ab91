package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/content"
	"heraut/fault"
	"heraut/people"
)

// ownerColumn is the column of an owner's id.
func ownerColumn(o content.Owner) (column, id string) {
	if o.GroupID != "" {
		return "group_id", o.GroupID
	}
	return "user_id", o.UserID
}

// Content lists what a group or a user is promised by itself, by number, price
// class and location, of the locations that have a content token. Fault:
// not_found.
func (s *Store) Content(ctx context.Context, o content.Owner) ([]content.Asset, error) {
	var assets []content.Asset
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if err := ownerExists(ctx, tx, o); err != nil {
			return err
		}
		var err error
		assets, err = contentOf(ctx, tx, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading content: %w", err)
	}
	return assets, nil
}

func ownerExists(ctx context.Context, from getter, o content.Owner) error {
	if o.GroupID != "" {
		_, err := getGroup(ctx, from, o.GroupID)
		return err
	}
	_, err := getUser(ctx, from, o.UserID)
	return err
}

// placeOfOwner is the location whose assets an owner is promised where nothing
// else is said.
func placeOfOwner(ctx context.Context, from getter, o content.Owner) (string, error) {
	if o.GroupID != "" {
		return placeOfGroup(ctx, from, o.GroupID)
	}
	return placeOfUser(ctx, from, o.UserID)
}

func contentOf(ctx context.Context, from getter, o content.Owner) ([]content.Asset, error) {
	column, id := ownerColumn(o)
	var rows []assetRow
	err := from.Select(ctx, &rows, "SELECT "+assetColumns+` FROM content_assignments c
		JOIN assets a ON a.location = c.location AND a.adam_id = c.adam_id AND a.pricing = c.pricing
		WHERE c.location IN (`+withToken+`) AND c.`+column+" = ? ORDER BY a.adam_id, a.pricing, a.location", id)
	if err != nil {
		return nil, fmt.Errorf("reading what is assigned: %w", err)
	}
	assets := make([]content.Asset, len(rows))
	for i, row := range rows {
		assets[i] = row.asset()
	}
	return assets, nil
}

// PutContent makes assets the whole set that a group or a user is promised, at
// all locations that have a content token, and returns it. Faults: not_found;
// invalid_request with a pointer for each asset (the first 100) that its
// location does not own or that is named twice.
func (s *Store) PutContent(ctx context.Context, actor people.Actor, o content.Owner, assets []content.Choice) ([]content.Asset, error) {
	var kept []content.Asset
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := ownerExists(ctx, tx, o); err != nil {
			return err
		}
		own, err := placeOfOwner(ctx, tx, o)
		if err != nil {
			return err
		}
		wanted := slices.Clone(assets)
		for i := range wanted {
			wanted[i].Location = cmp.Or(wanted[i].Location, own)
		}
		if err := checkAssets(ctx, tx, wanted); err != nil {
			return err
		}
		if err := saveContent(ctx, tx, actor, o, wanted); err != nil {
			return err
		}
		kept, err = contentOf(ctx, tx, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assigning content: %w", err)
	}
	return kept, nil
}

func checkAssets(ctx context.Context, tx *Tx, assets []content.Choice) error {
	known := map[content.Choice]bool{}
	for chunk := range slices.Chunk(assets, maxIn) {
		numbers := make([]string, len(chunk))
		for i, a := range chunk {
			numbers[i] = a.AdamID
		}
		in, args := inClause("adam_id", numbers)
		var rows []assetRow
		if err := tx.Select(ctx, &rows, "SELECT location, adam_id, pricing FROM assets WHERE location IN ("+withToken+") AND "+in, args...); err != nil {
			return fmt.Errorf("looking up apps and books: %w", err)
		}
		for _, row := range rows {
			known[content.Choice{AssetRef: row.ref(), Location: row.Location}] = true
		}
	}
	var fields []fault.Field
	named := map[content.Choice]bool{}
	for i, a := range assets {
		pointer := fmt.Sprintf("/items/%d/adam_id", i)
		switch {
		case !known[a]:
			fields = append(fields, fault.Field{Pointer: pointer, Message: "The location of the content token has no such app or book."})
		case named[a]:
			fields = append(fields, fault.Field{Pointer: pointer, Message: "This app or book is named twice."})
		}
		named[a] = true
	}
	if len(fields) > 0 {
		return fault.Invalid(fields[:min(len(fields), maxFields)]...)
	}
	return nil
}

// contentDoc is what the audit log keeps of a set of content: number, price
// class and location of each.
type contentDoc struct {
	Items []string `json:"items"`
}

func docOfContent(assets []content.Choice) contentDoc {
	doc := contentDoc{Items: make([]string, len(assets))}
	for i, a := range assets {
		doc.Items[i] = a.AdamID + " " + a.Pricing + " " + a.Location
	}
	return doc
}

func saveContent(ctx context.Context, tx *Tx, actor people.Actor, o content.Owner, wanted []content.Choice) error {
	had, err := contentOf(ctx, tx, o)
	if err != nil {
		return err
	}
	old := make([]content.Choice, len(had))
	for i, a := range had {
		old[i] = content.Choice{AssetRef: a.AssetRef, Location: a.Location}
	}
	wanted = slices.SortedFunc(slices.Values(wanted), func(a, b content.Choice) int {
		return cmp.Or(a.Compare(b.AssetRef), strings.Compare(a.Location, b.Location))
	})
	if slices.Equal(old, wanted) {
		return nil
	}
	if err := replaceContent(ctx, tx, o, wanted); err != nil {
		return err
	}
	kind, id := "user", o.UserID
	if o.GroupID != "" {
		kind, id = "group", o.GroupID
	}
	tx.audit(actor, change{Action: kind + ".content", Kind: kind, ID: id, Was: docOfContent(old), Became: docOfContent(wanted)})
	return nil
}

// replaceContent leaves what is promised of locations whose token was removed.
func replaceContent(ctx context.Context, tx *Tx, o content.Owner, wanted []content.Choice) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	column, id := ownerColumn(o)
	if _, err := tx.Exec(ctx, "DELETE FROM content_assignments WHERE location IN ("+withToken+") AND "+column+" = ?", id); err != nil {
		return err
	}
	rows := make([][]any, len(wanted))
	for i, a := range wanted {
		rows[i] = []any{a.Location, a.AdamID, a.Pricing, id, now}
	}
	_, err = insertRows(ctx, tx, "content_assignments", []string{"location", "adam_id", "pricing", column, "created_at"}, rows, "")
	return err
}
