package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/people"
)

// ListAudit returns audit entries, the newest first. A targetID narrows it to
// one user, device, setting and so on.
func (s *Store) ListAudit(ctx context.Context, targetID string, after people.Cursor, limit int) (people.Page[people.AuditEntry], error) {
	before := int64(1) << 62
	if after.Key != "" {
		seq, err := strconv.ParseInt(after.Key, 10, 64)
		if err != nil {
			return people.Page[people.AuditEntry]{}, badCursor()
		}
		before = seq
	}
	query, args := "SELECT "+auditColumns+" FROM audit WHERE seq < ?", []any{before}
	if targetID != "" {
		query, args = query+" AND target_id = ?", append(args, targetID)
	}
	var rows []auditRow
	if err := s.reader().Select(ctx, &rows, query+" ORDER BY seq DESC LIMIT ?", append(args, limit+1)...); err != nil {
		return people.Page[people.AuditEntry]{}, fmt.Errorf("listing the audit log: %w", err)
	}
	return pageOf(rows, limit, auditRow.entry, auditRow.cursor), nil
}

func (r auditRow) entry() people.AuditEntry {
	return people.AuditEntry{
		Seq: r.Seq, At: r.At.Time,
		Actor:  people.Actor{Kind: r.ActorKind, ID: r.ActorID, Name: r.ActorName},
		Action: r.Action, TargetKind: r.TargetKind, TargetID: r.TargetID,
		Was: string(r.Was), Became: string(r.Became),
	}
}

func (r auditRow) cursor() people.Cursor { return people.Cursor{Key: strconv.FormatInt(r.Seq, 10)} }

const auditPage = 1000

// VerifyAudit walks the whole chain and returns its length, or an error that
// names the first row that is missing or was changed.
func (s *Store) VerifyAudit(ctx context.Context) (int64, error) {
	var last auditHead
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		last = auditHead{}
		for {
			var rows []auditRow
			if err := tx.Select(ctx, &rows, "SELECT "+auditColumns+" FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", last.Seq, auditPage); err != nil {
				return fmt.Errorf("reading the audit log: %w", err)
			}
			for _, row := range rows {
				if err := row.follows(last); err != nil {
					return err
				}
				last = auditHead{row.Seq, row.Hash}
			}
			if len(rows) < auditPage {
				return matchesHead(ctx, tx, last)
			}
		}
	})
	return last.Seq, err
}

// follows tells whether the row is the whole and unchanged next of the chain.
func (r auditRow) follows(last auditHead) error {
	digest, err := r.digest()
	switch {
	case err != nil:
		return err
	case r.Seq != last.Seq+1:
		return fmt.Errorf("audit row %d is missing", last.Seq+1)
	case r.Previous != last.Hash || r.Hash != digest:
		return fmt.Errorf("audit row %d was changed", r.Seq)
	}
	return nil
}

func matchesHead(ctx context.Context, tx *Tx, last auditHead) error {
	var head auditHead
	if err := tx.Get(ctx, &head, "SELECT seq, hash FROM audit_head WHERE one = 1"); err != nil {
		return fmt.Errorf("reading the audit chain's head: %w", err)
	}
	if head != last {
		return fmt.Errorf("the audit log ends at row %d and should end at %d", last.Seq, head.Seq)
	}
	return nil
}
