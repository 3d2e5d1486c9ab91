package store

import (
	"context"
	"errors"
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
	if !action.Known() {
		return invitation.Bulk{}, fault.Invalid(fault.Field{Pointer: "/action", Message: "Use resend, cancel or extend."})
	}
	count, err := s.CountInvitations(ctx, f)
	if err != nil {
		return invitation.Bulk{}, err
	}
	var bulk invitation.Bulk
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		bulk = invitation.Bulk{ID: newID(), Action: action, Filter: f, Count: count, CreatedAt: now.Time}
		_, err = tx.Exec(ctx, "INSERT INTO bulks (id, action, filter, actor, matched, created_at) VALUES (?, ?, ?, ?, ?, ?)",
			bulk.ID, string(action), JSON[invitation.Filter]{f}, JSON[people.Actor]{actor}, count, now)
		tx.audit(actor, change{Action: "bulk." + string(action), Kind: "bulk", ID: bulk.ID, Became: bulk})
		return err
	})
	if err != nil {
		return bulk, fmt.Errorf("beginning to %s in bulk: %w", action, err)
	}
	return bulk, nil
}

// Bulk returns a bulk action; not_found when there is none.
func (s *Store) Bulk(ctx context.Context, id string) (invitation.Bulk, error) {
	row, err := s.bulk(ctx, id)
	return row.bulk(), err
}

func (s *Store) bulk(ctx context.Context, id string) (bulkRow, error) {
	var row bulkRow
	if err := s.reader().Get(ctx, &row, "SELECT "+bulkColumns+" FROM bulks WHERE id = ?", id); err != nil {
		return row, fmt.Errorf("reading bulk action %s: %w", id, orNotFound(err, "Job not found."))
	}
	return row, nil
}

// OpenBulks lists bulk actions that are not finished.
func (s *Store) OpenBulks(ctx context.Context) ([]string, error) {
	var ids []string
	if err := s.reader().Select(ctx, &ids, "SELECT id FROM bulks WHERE finished_at IS NULL ORDER BY id"); err != nil {
		return nil, fmt.Errorf("reading open bulk actions: %w", err)
	}
	return ids, nil
}

// StepBulk acts on the next invitations, at most size. A step that was cut
// short is taken again: an invitation that was cancelled is skipped then, and
// one that was resent in this action has the same occasion, so no second
// message leaves.
func (s *Store) StepBulk(ctx context.Context, id string, size int) (invitation.BulkStep, error) {
	var step invitation.BulkStep
	row, err := s.bulk(ctx, id)
	if err != nil || !row.FinishedAt.IsZero() {
		return invitation.BulkStep{Finished: true}, err
	}
	ids, err := s.MatchInvitations(ctx, row.Filter.V, row.AfterID, size)
	if err != nil {
		return step, err
	}
	for _, one := range ids {
		decided, err := s.act(ctx, row, one)
		switch f, known := errors.AsType[*fault.Error](err); {
		case err == nil:
			row.Done++
			step.Wake, step.Sends = append(step.Wake, decided.UserID), append(step.Sends, decided.SettledSends...)
		case known && (f.Code == fault.InvitationSettled || f.Code == fault.NotFound):
			row.Skipped++
		default:
			return step, err
		}
		row.AfterID = one
	}
	step.Finished = len(ids) < size
	return step, s.saveBulk(ctx, row, step.Finished)
}

func (s *Store) act(ctx context.Context, row bulkRow, id string) (invitation.Decided, error) {
	switch row.Action {
	case invitation.Resend:
		return s.ResendInvitation(ctx, row.Actor.V, id, row.ID)
	case invitation.Extend:
		return s.ExtendInvitation(ctx, row.Actor.V, id)
	default:
		return s.CancelInvitation(ctx, row.Actor.V, id)
	}
}

func (s *Store) saveBulk(ctx context.Context, row bulkRow, finished bool) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		at := Time{}
		if finished {
			at = now
		}
		_, err = tx.Exec(ctx, "UPDATE bulks SET done = ?, skipped = ?, after_id = ?, finished_at = ? WHERE id = ?", row.Done, row.Skipped, row.AfterID, at, row.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("moving bulk action %s on: %w", row.ID, err)
	}
	return nil
}
