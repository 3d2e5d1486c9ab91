package store

import (
	"context"
	"fmt"
	"slices"

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

// Content lists what a group or a user is promised by itself, by number and
// price class, of the location of the content token. Fault: not_found.
func (s *Store) Content(ctx context.Context, o content.Owner) ([]content.Asset, error) {
	var assets []content.Asset
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if err := ownerExists(ctx, tx, o); err != nil {
			return err
		}
		location, err := contentLocation(ctx, tx)
		if err != nil {
			return err
		}
		assets, err = contentOf(ctx, tx, location, o)
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

func contentOf(ctx context.Context, from getter, location string, o content.Owner) ([]content.Asset, error) {
	column, id := ownerColumn(o)
	var rows []assetRow
	err := from.Select(ctx, &rows, "SELECT "+assetColumns+` FROM content_assignments c
		JOIN assets a ON a.location = c.location AND a.adam_id = c.adam_id AND a.pricing = c.pricing
		WHERE c.location = ? AND c.`+column+" = ? ORDER BY a.adam_id, a.pricing", location, id)
	if err != nil {
		return nil, fmt.Errorf("reading what is assigned: %w", err)
	}
	assets := make([]content.Asset, len(rows))
	for i, row := range rows {
		assets[i] = row.asset()
	}
	return assets, nil
}

// PutContent makes assets the whole set that a group or a user is promised,
// and returns it. Faults: not_found; invalid_request with a pointer for each
// asset (the first 100) that the location of the content token does not own or
// that is named twice.
func (s *Store) PutContent(ctx context.Context, actor people.Actor, o content.Owner, assets []content.AssetRef) ([]content.Asset, error) {
	var kept []content.Asset
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := ownerExists(ctx, tx, o); err != nil {
			return err
		}
		location, err := contentLocation(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkAssets(ctx, tx, location, assets); err != nil {
			return err
		}
		if err := saveContent(ctx, tx, actor, location, o, assets); err != nil {
			return err
		}
		kept, err = contentOf(ctx, tx, location, o)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("assigning content: %w", err)
	}
	return kept, nil
}

func checkAssets(ctx context.Context, tx *Tx, location string, assets []content.AssetRef) error {
	known := map[content.AssetRef]bool{}
	for chunk := range slices.Chunk(assets, maxIn) {
		numbers := make([]string, len(chunk))
		for i, a := range chunk {
			numbers[i] = a.AdamID
		}
		in, args := inClause("adam_id", numbers)
		var rows []assetRow
		if err := tx.Select(ctx, &rows, "SELECT adam_id, pricing FROM assets WHERE location = ? AND "+in, append([]any{location}, args...)...); err != nil {
			return fmt.Errorf("looking up apps and books: %w", err)
		}
		for _, row := range rows {
			known[row.ref()] = true
		}
	}
	var fields []fault.Field
	named := map[content.AssetRef]bool{}
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

// contentDoc is what the audit log keeps of a set of content.
type contentDoc struct {
	Location string   `json:"location"`
	Items    []string `json:"items"`
}

func docOfContent(location string, assets []content.AssetRef) contentDoc {
	doc := contentDoc{Location: location, Items: make([]string, len(assets))}
	for i, a := range assets {
		doc.Items[i] = a.AdamID + " " + a.Pricing
	}
	return doc
}

func saveContent(ctx context.Context, tx *Tx, actor people.Actor, location string, o content.Owner, wanted []content.AssetRef) error {
	had, err := contentOf(ctx, tx, location, o)
	if err != nil {
		return err
	}
	old := make([]content.AssetRef, len(had))
	for i, a := range had {
		old[i] = a.AssetRef
	}
	wanted = slices.SortedFunc(slices.Values(wanted), content.AssetRef.Compare)
	if slices.Equal(old, wanted) {
		return nil
	}
	if err := replaceContent(ctx, tx, location, o, wanted); err != nil {
		return err
	}
	kind, id := "user", o.UserID
	if o.GroupID != "" {
		kind, id = "group", o.GroupID
	}
	tx.audit(actor, change{Action: kind + ".content", Kind: kind, ID: id, Was: docOfContent(location, old), Became: docOfContent(location, wanted)})
	return nil
}

func replaceContent(ctx context.Context, tx *Tx, location string, o content.Owner, wanted []content.AssetRef) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	column, id := ownerColumn(o)
	if _, err := tx.Exec(ctx, "DELETE FROM content_assignments WHERE location = ? AND "+column+" = ?", location, id); err != nil {
		return err
	}
	rows := make([][]any, len(wanted))
	for i, a := range wanted {
		rows[i] = []any{location, a.AdamID, a.Pricing, id, now}
	}
	_, err = insertRows(ctx, tx, "content_assignments", []string{"location", "adam_id", "pricing", column, "created_at"}, rows, "")
	return err
}
