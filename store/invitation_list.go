package store

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// ListInvitations lists invitations, newest first.
func (s *Store) ListInvitations(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	return s.list(ctx, newest(), f, after, limit)
}

// ListActive lists open invitations in the order of the filter.
func (s *Store) ListActive(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	return s.list(ctx, active(f.Sort), f, after, limit)
}

// ListCompleted lists settled invitations, last settled first.
func (s *Store) ListCompleted(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	return s.list(ctx, completed(), f, after, limit)
}

func (s *Store) list(ctx context.Context, l listing, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	var list people.Page[invitation.Invitation]
	if err := f.Check(); err != nil {
		return list, err
	}
	by, err := s.named(ctx, f.Query)
	if err != nil {
		return list, err
	}
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := listRows(ctx, tx, l, f, by, now.Time, after, limit)
		if err != nil {
			return err
		}
		same := func(r invitationRow) invitationRow { return r }
		list, err = finish(ctx, tx, pageOf(rows, limit, same, l.cursor), now.Time)
		return err
	})
	if err != nil {
		return list, fmt.Errorf("listing invitations: %w", err)
	}
	return list, nil
}

// listRows reads a page and one row more.
func listRows(ctx context.Context, tx *Tx, l listing, f invitation.Filter, by named, now time.Time, after people.Cursor, limit int) ([]invitationRow, error) {
	from, err := narrow(ctx, tx, f, by, now, false)
	if err != nil {
		return nil, err
	}
	if after.ID != "" {
		clause, args, err := l.after(from.key, after)
		if err != nil {
			return nil, err
		}
		from.add(clause, args...)
	}
	var rows []invitationRow
	// The page's ids first: what is sorted then is narrow.
	page := "SELECT i.id FROM " + from.from + " WHERE " + l.where + from.where + " ORDER BY " + l.order(from.key) + " LIMIT ?"
	err = tx.Select(ctx, &rows, "SELECT "+invitationColumns+invitationJoins+"WHERE i.id IN ("+page+") ORDER BY "+l.order("i.id"),
		from.all(limit+1)...)
	return rows, err
}

// Invitation returns one invitation; not_found when there is none.
func (s *Store) Invitation(ctx context.Context, id string) (invitation.Invitation, error) {
	var one invitation.Invitation
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		var row invitationRow
		if err := tx.Get(ctx, &row, "SELECT "+invitationColumns+invitationJoins+"WHERE i.id = ?", id); err != nil {
			return orNotFound(err, "Invitation not found.")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		page, err := finish(ctx, tx, people.Page[invitationRow]{Items: []invitationRow{row}}, now.Time)
		one = page.Items[0]
		return err
	})
	if err != nil {
		return one, fmt.Errorf("reading invitation %s: %w", id, err)
	}
	return one, nil
}
