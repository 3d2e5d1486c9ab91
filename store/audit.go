package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"heraut/people"
)

// change is what one audit row tells. Was and Became are encoded as JSON; nil
// for what was made or deleted. They must hold no secret, token or address.
type change struct {
	Action   string // "user.create"
	Kind, ID string // the target
	Was      any
	Became   any
}

type auditNote struct {
	actor  people.Actor
	change change
}

// audit notes a change made in the transaction. The rows are written just
// before the commit, so that the chain's head is locked as briefly as may be.
// The first noted target is what an idempotent request made.
func (tx *Tx) audit(actor people.Actor, c change) {
	tx.notes = append(tx.notes, auditNote{actor, c})
	tx.Made(c.Kind, c.ID)
}

// auditRow is one row of the chain; its hash covers every other field.
type auditRow struct {
	Seq        int64            `db:"seq"`
	At         Time             `db:"at"`
	ActorKind  people.ActorKind `db:"actor_kind"`
	ActorID    string           `db:"actor_id"`
	ActorName  string           `db:"actor_name"`
	Action     string           `db:"action"`
	TargetKind string           `db:"target_kind"`
	TargetID   string           `db:"target_id"`
	Was        Text             `db:"was"`
	Became     Text             `db:"became"`
	Previous   string           `db:"previous"`
	Hash       string           `db:"hash"`
}

const auditColumns = "seq, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, was, became, previous, hash"

type auditHead struct {
	Seq  int64  `db:"seq"`
	Hash string `db:"hash"`
}

// flushAudit writes the noted changes. Taking the head's row first makes the
// numbers gapless: who rolls back gives them back.
func (tx *Tx) flushAudit(ctx context.Context) error {
	if len(tx.notes) == 0 {
		return nil
	}
	var head auditHead
	if err := tx.Get(ctx, &head, "UPDATE audit_head SET seq = seq + ? WHERE one = 1 RETURNING seq, hash", len(tx.notes)); err != nil {
		return fmt.Errorf("locking the audit chain: %w", err)
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	head.Seq -= int64(len(tx.notes))
	rows := make([][]any, len(tx.notes))
	for i, note := range tx.notes {
		row, err := note.row(head, now)
		if err != nil {
			return err
		}
		head = auditHead{row.Seq, row.Hash}
		rows[i] = row.values()
	}
	if _, err := insertRows(ctx, tx, "audit", columnList(auditColumns), rows, ""); err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	if _, err := tx.Exec(ctx, "UPDATE audit_head SET hash = ? WHERE one = 1", head.Hash); err != nil {
		return fmt.Errorf("moving the audit chain: %w", err)
	}
	return nil
}

func (n auditNote) row(head auditHead, at Time) (auditRow, error) {
	was, err := auditDoc(n.change.Was)
	if err != nil {
		return auditRow{}, err
	}
	became, err := auditDoc(n.change.Became)
	if err != nil {
		return auditRow{}, err
	}
	row := auditRow{
		Seq: head.Seq + 1, At: at,
		ActorKind: n.actor.Kind, ActorID: n.actor.ID, ActorName: n.actor.Name,
		Action: n.change.Action, TargetKind: n.change.Kind, TargetID: n.change.ID,
		Was: was, Became: became, Previous: head.Hash,
	}
	row.Hash, err = row.digest()
	return row, err
}

func auditDoc(v any) (Text, error) {
	if v == nil {
		return "", nil
	}
	doc, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encoding an audit row: %w", err)
	}
	return Text(doc), nil
}

// digest is the SHA-256 over the row and the hash of the row before.
func (r auditRow) digest() (string, error) {
	text, err := json.Marshal([]any{
		r.Seq, r.At.Format(timeLayout), r.ActorKind, r.ActorID, r.ActorName,
		r.Action, r.TargetKind, r.TargetID, r.Was, r.Became, r.Previous,
	})
	if err != nil {
		return "", fmt.Errorf("hashing an audit row: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func (r auditRow) values() []any {
	return []any{
		r.Seq, r.At, string(r.ActorKind), r.ActorID, r.ActorName, r.Action,
		r.TargetKind, r.TargetID, r.Was, r.Became, r.Previous, r.Hash,
	}
}
