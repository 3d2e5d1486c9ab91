package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"heraut/people"
)

// ListAudit returns audit entries, the newest first.
func (s *Store) ListAudit(ctx context.Context, f people.AuditFilter, after people.Cursor, limit int) (people.Page[people.AuditEntry], error) {
	var page people.Page[people.AuditEntry]
	c, err := auditWhere(f, after)
	if err != nil {
		return page, err
	}
	actions := []string{""}
	if f.Action != "" {
		if actions, err = s.actionsFrom(ctx, f.Action); err != nil {
			return page, err
		}
	}
	// One index has each action's entries in the order of the log.
	var rows []auditRow
	for _, action := range actions {
		one := c.clone()
		if action != "" {
			one.and("action = ?", action)
		}
		var part []auditRow
		err := s.reader().Select(ctx, &part, "SELECT "+auditColumns+" FROM audit WHERE "+one.where()+" ORDER BY seq DESC LIMIT ?", append(one.args, limit+1)...)
		if err != nil {
			return page, fmt.Errorf("listing the audit log: %w", err)
		}
		rows = append(rows, part...)
	}
	slices.SortFunc(rows, func(a, b auditRow) int { return cmp.Compare(b.Seq, a.Seq) })
	return pageOf(rows[:min(len(rows), limit+1)], limit, auditRow.entry, auditRow.cursor), nil
}

func auditWhere(f people.AuditFilter, after people.Cursor) (condition, error) {
	var c condition
	if after.Key != "" {
		seq, err := strconv.ParseInt(after.Key, 10, 64)
		if err != nil {
			return c, badCursor()
		}
		c.and("seq < ?", seq)
	} else {
		c.and("seq > 0")
	}
	if f.TargetID != "" {
		c.and("target_id = ?", f.TargetID)
	}
	if f.ActorID != "" {
		c.and("actor_id = ?", f.ActorID)
	}
	// Times grow with the numbers: where a time begins, a number does.
	if !f.Since.IsZero() {
		c.and("seq >= (SELECT seq FROM audit WHERE at >= ? ORDER BY at, seq LIMIT 1)", At(f.Since))
	}
	if !f.Until.IsZero() {
		c.and("seq <= (SELECT seq FROM audit WHERE at < ? ORDER BY at DESC, seq DESC LIMIT 1)", At(f.Until))
	}
	return c, nil
}

// actionsFrom lists the logged actions that begin with a text, jumping in the
// index from one to the next.
func (s *Store) actionsFrom(ctx context.Context, prefix string) ([]string, error) {
	var actions []string
	for at, sign := prefix, ">="; ; sign = ">" {
		var next []string
		err := s.reader().Select(ctx, &next, "SELECT action FROM audit WHERE action "+sign+" ? AND action < ? ORDER BY action LIMIT 1", at, prefix+afterAll)
		if err != nil {
			return nil, fmt.Errorf("listing actions: %w", err)
		}
		if len(next) == 0 {
			return actions, nil
		}
		at = next[0]
		actions = append(actions, at)
	}
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
