package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

type bulkRow struct {
	ID         string                  `db:"id"`
	Action     invitation.Action       `db:"action"`
	Filter     JSON[invitation.Filter] `db:"filter"`
	Actor      JSON[people.Actor]      `db:"actor"`
	Matched    int                     `db:"matched"`
	Done       int                     `db:"done"`
	Skipped    int                     `db:"skipped"`
	AfterID    string                  `db:"after_id"`
	CreatedAt  Time                    `db:"created_at"`
	FinishedAt Time                    `db:"finished_at"`
}

func (r bulkRow) bulk() invitation.Bulk {
	return invitation.Bulk{
		ID: r.ID, Action: r.Action, Filter: r.Filter.V, Count: r.Matched, Done: r.Done, Skipped: r.Skipped,
		CreatedAt: r.CreatedAt.Time, FinishedAt: r.FinishedAt.Time,
	}
}

const bulkColumns = "id, action, filter, actor, matched, done, skipped, after_id, created_at, finished_at"

// CreateBulk begins an action on every open invitation that a filter matches.
func (s *Store) CreateBulk(ctx context.Context, actor people.Actor, action invitation.Action, f invitation.Filter) (invitation.Bulk, error) {
	bulk, _, err := s.CreateBulkOnce(ctx, actor, newID(), action, f)
	return bulk, err
}

// CreateBulkOnce begins it under an id of the caller's. With an id that is there
// it begins nothing, fresh false, and returns what that id stands for.
func (s *Store) CreateBulkOnce(ctx context.Context, actor people.Actor, id string, action invitation.Action, f invitation.Filter) (bulk invitation.Bulk, fresh bool, err error) {
	if !action.Known() {
		return bulk, false, fault.Invalid(fault.Field{Pointer: "/action", Message: "Use resend, cancel or extend."})
	}
	count, err := s.CountInvitations(ctx, f)
	if err != nil {
		return bulk, false, err
	}
	bulk = invitation.Bulk{ID: id, Action: action, Filter: f, Count: count}
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		fresh, err = tx.insertBulk(ctx, actor, &bulk)
		return err
	})
	if err != nil {
		return bulk, false, fmt.Errorf("beginning to %s in bulk: %w", action, err)
	}
	if !fresh {
		bulk, err = s.Bulk(ctx, id)
	}
	return bulk, fresh, err
}

// insertBulk writes a bulk action, with the time; false: its id is there.
func (tx *Tx) insertBulk(ctx context.Context, actor people.Actor, b *invitation.Bulk) (fresh bool, err error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	b.CreatedAt = now.Time
	n, err := tx.Exec(ctx, "INSERT INTO bulks (id, action, filter, actor, matched, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
		b.ID, string(b.Action), JSON[invitation.Filter]{b.Filter}, JSON[people.Actor]{actor}, b.Count, now)
	if err != nil || n == 0 {
		return false, err
	}
	tx.audit(actor, change{Action: "bulk." + string(b.Action), Kind: "bulk", ID: b.ID, Became: bulkDoc{b.Filter, b.Count}})
	return true, nil
}

// bulkDoc is what the audit log keeps of a bulk action.
type bulkDoc struct {
	Filter invitation.Filter `json:"filter"`
	Count  int               `json:"count"`
}

// Bulk returns a bulk action; not_found when there is none.
func (s *Store) Bulk(ctx context.Context, id string) (invitation.Bulk, error) {
	var row bulkRow
	if err := s.reader().Get(ctx, &row, "SELECT "+bulkColumns+" FROM bulks WHERE id = ?", id); err != nil {
		return invitation.Bulk{}, fmt.Errorf("reading bulk action %s: %w", id, orNotFound(err, "Job not found."))
	}
	return row.bulk(), nil
}

// OpenBulks lists bulk actions that are not finished.
func (s *Store) OpenBulks(ctx context.Context) ([]string, error) {
	var ids []string
	if err := s.reader().Select(ctx, &ids, "SELECT id FROM bulks WHERE finished_at IS NULL ORDER BY id"); err != nil {
		return nil, fmt.Errorf("reading open bulk actions: %w", err)
	}
	return ids, nil
}

// StepBulk acts on the next invitations, at most size, in one transaction: a
// step that was cut short did nothing. What was settled meanwhile is skipped. One
// from before a restore takes no step until that is lifted.
func (s *Store) StepBulk(ctx context.Context, id string, size int) (invitation.BulkStep, error) {
	var step invitation.BulkStep
	bulk, err := s.Bulk(ctx, id)
	if err != nil {
		return step, err
	}
	by, err := s.named(ctx, bulk.Filter.Query) // before the transaction, which is to be short
	if err != nil {
		return step, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		step = invitation.BulkStep{Finished: true}
		row, err := tx.bulk(ctx, id)
		if err != nil || !row.FinishedAt.IsZero() {
			return err
		}
		restored, err := readRestored(ctx, tx)
		if err != nil {
			return err
		}
		if row.CreatedAt.Before(restored.HeldSince) {
			step = invitation.BulkStep{Held: true}
			return nil
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		ids, err := matching(ctx, tx, row.Filter.V, by, now.Time, row.AfterID, size)
		if err != nil {
			return err
		}
		step.Finished = len(ids) < size
		for _, one := range ids {
			if err := tx.step(ctx, &row, one, &step); err != nil {
				return fmt.Errorf("acting on invitation %s: %w", one, err)
			}
		}
		return tx.saveBulk(ctx, row, step.Finished)
	})
	if err != nil {
		return invitation.BulkStep{}, fmt.Errorf("stepping through bulk action %s: %w", id, err)
	}
	return step, nil
}

// bulk takes the row, so that two steps of one action never run at once.
func (tx *Tx) bulk(ctx context.Context, id string) (bulkRow, error) {
	var row bulkRow
	err := tx.Get(ctx, &row, "SELECT "+bulkColumns+" FROM bulks WHERE id = ?"+tx.forUpdate("bulks"), id)
	return row, orNotFound(err, "Job not found.")
}

func (tx *Tx) step(ctx context.Context, row *bulkRow, id string, step *invitation.BulkStep) error {
	decided, err := tx.act(ctx, *row, id)
	switch {
	case err == nil:
		row.Done++
		step.Wake, step.Sends = append(step.Wake, decided.UserID), append(step.Sends, decided.SettledSends...)
	case fault.Is(err, fault.InvitationSettled):
		row.Skipped++
	default:
		return err
	}
	row.AfterID = id
	return nil
}

func (tx *Tx) act(ctx context.Context, row bulkRow, id string) (invitation.Decided, error) {
	switch row.Action {
	case invitation.Resend:
		return tx.resend(ctx, row.Actor.V, id, row.ID)
	case invitation.Extend:
		return tx.extend(ctx, row.Actor.V, id)
	default:
		return tx.cancel(ctx, row.Actor.V, id)
	}
}

func (tx *Tx) saveBulk(ctx context.Context, row bulkRow, finished bool) error {
	at := Time{}
	if finished {
		var err error
		if at, err = tx.Now(ctx); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "UPDATE bulks SET done = ?, skipped = ?, after_id = ?, finished_at = ? WHERE id = ?", row.Done, row.Skipped, row.AfterID, at, row.ID)
	if err != nil {
		return fmt.Errorf("moving it on: %w", err)
	}
	return nil
}
