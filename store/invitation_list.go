package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// listing is one order in which invitations are listed. The column of ids is
// given, for it may be another table's.
type listing struct {
	where  string
	order  func(id string) string
	after  func(id string, c people.Cursor) (string, []any, error)
	cursor func(invitationRow) people.Cursor
}

func newest() listing {
	return listing{
		where: "1 = 1", cursor: invitationRow.byID,
		order: func(id string) string { return id + " DESC" },
		after: func(id string, c people.Cursor) (string, []any, error) { return id + " < ?", []any{c.ID}, nil },
	}
}

func active() listing {
	l := newest()
	l.where = "i.settled_at IS NULL"
	return l
}

func completed() listing {
	return listing{
		where: "i.settled_at IS NOT NULL", cursor: invitationRow.bySettled,
		order: func(id string) string { return "i.settled_at DESC, " + id + " DESC" },
		after: func(id string, c people.Cursor) (string, []any, error) {
			var at Time
			if err := at.parse(c.Key); err != nil {
				return "", nil, badCursor()
			}
			return "(i.settled_at, " + id + ") < (?, ?)", []any{at, c.ID}, nil
		},
	}
}

// ListInvitations lists invitations, newest first.
func (s *Store) ListInvitations(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	return s.list(ctx, newest(), f, after, limit)
}

// ListActive lists open invitations, newest first.
func (s *Store) ListActive(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
	return s.list(ctx, active(), f, after, limit)
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
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := listRows(ctx, tx, l, f, after, limit)
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
func listRows(ctx context.Context, tx *Tx, l listing, f invitation.Filter, after people.Cursor, limit int) ([]invitationRow, error) {
	from, err := narrow(ctx, tx, f)
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
		append(from.args, limit+1)...)
	return rows, err
}

// filterWhere writes a filter as conditions that each begin with AND.
func filterWhere(f invitation.Filter) (where string, args []any) {
	add := func(clause, value string) {
		if value != "" {
			where, args = where+" AND "+clause, append(args, value)
		}
	}
	add("i.state = ?", string(f.State))
	add("i.user_id = ?", f.UserID)
	add("i.device_id = ?", f.DeviceID)
	add("i.id IN (SELECT invitation_id FROM send_invitations WHERE send_id = ?)", f.SendID)
	add("i.user_id IN ("+membersOf+")", f.GroupID)
	return where, args
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

// MatchInvitations lists the ids of open invitations that a filter matches, in
// the order of ids, after an id.
func (s *Store) MatchInvitations(ctx context.Context, f invitation.Filter, after string, limit int) ([]string, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	return matching(ctx, s.reader(), f, after, limit)
}

func matching(ctx context.Context, from getter, f invitation.Filter, after string, limit int) ([]string, error) {
	where, args := filterWhere(f)
	var ids []string
	err := from.Select(ctx, &ids, "SELECT i.id FROM invitations i WHERE i.settled_at IS NULL AND i.id > ?"+where+" ORDER BY i.id LIMIT ?",
		append(append([]any{after}, args...), limit)...)
	if err != nil {
		return nil, fmt.Errorf("matching invitations: %w", err)
	}
	return ids, nil
}

// CountInvitations counts the open invitations that a filter matches.
func (s *Store) CountInvitations(ctx context.Context, f invitation.Filter) (int, error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	where, args := filterWhere(f)
	var n int
	if err := s.reader().Get(ctx, &n, "SELECT COUNT(*) FROM invitations i WHERE i.settled_at IS NULL"+where, args...); err != nil {
		return 0, fmt.Errorf("counting invitations: %w", err)
	}
	return n, nil
}
