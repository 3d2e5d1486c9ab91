package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"heraut/content"
)

type batchRow struct {
	ID          string            `db:"id"`
	Kind        content.BatchKind `db:"kind"`
	EventID     string            `db:"event_id"`
	SubmittedAt Time              `db:"submitted_at"`
}

type memberRow struct {
	LicenseID    string `db:"id"`
	ClientUserID string `db:"client_user_id"`
}

// OpenBatch returns an asset's batch that has not ended; ok is false without
// one.
func (s *Store) OpenBatch(ctx context.Context, location string, ref content.AssetRef) (b content.Batch, ok bool, err error) {
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		b, ok, err = openBatch(ctx, tx, location, ref)
		return err
	})
	return b, ok, err
}

func openBatch(ctx context.Context, from getter, location string, ref content.AssetRef) (b content.Batch, ok bool, err error) {
	var row batchRow
	err = from.Get(ctx, &row, `SELECT id, kind, event_id, submitted_at FROM license_batches
		WHERE location = ? AND adam_id = ? AND pricing = ? AND ended_at IS NULL`, location, ref.AdamID, ref.Pricing)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	if err != nil {
		return b, false, fmt.Errorf("reading the open batch of asset %s: %w", ref.AdamID, err)
	}
	b = content.Batch{
		AssetRef: ref, ID: row.ID, Kind: row.Kind,
		Submission: content.Submission{EventID: row.EventID, At: row.SubmittedAt.Time},
	}
	b.Members, err = batchMembers(ctx, from, row.ID)
	return b, true, err
}

func batchMembers(ctx context.Context, from getter, batchID string) ([]content.Member, error) {
	var rows []memberRow
	err := from.Select(ctx, &rows, `SELECT l.id, r.client_user_id FROM licenses l
		JOIN registrations r ON r.location = l.location AND r.user_id = l.user_id
		WHERE l.batch_id = ? ORDER BY l.accepted_order, l.id`, batchID)
	if err != nil {
		return nil, fmt.Errorf("reading batch %s: %w", batchID, err)
	}
	members := make([]content.Member, len(rows))
	for i, row := range rows {
		members[i] = content.Member(row)
	}
	return members, nil
}

// ClaimBatch makes a batch of the users who are first in the order of
// acceptance, at most limit of them. While another batch of the asset is open
// it returns that one; ok is false when there is nobody.
func (s *Store) ClaimBatch(ctx context.Context, location string, ref content.AssetRef, kind content.BatchKind, limit int) (b content.Batch, ok bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		b, ok, err = claimBatch(ctx, tx, location, ref, kind, limit)
		return err
	})
	if err != nil {
		return b, false, fmt.Errorf("claiming licenses of asset %s: %w", ref.AdamID, err)
	}
	return b, ok, nil
}

func claimBatch(ctx context.Context, tx *Tx, location string, ref content.AssetRef, kind content.BatchKind, limit int) (b content.Batch, ok bool, err error) {
	var locked int
	err = tx.Get(ctx, &locked, "SELECT 1 FROM assets WHERE location = ? AND adam_id = ? AND pricing = ?"+tx.forUpdate("assets"), location, ref.AdamID, ref.Pricing)
	if err != nil {
		return b, false, orNotFound(err, "Asset not found.")
	}
	if b, ok, err = openBatch(ctx, tx, location, ref); err != nil || ok {
		return b, ok, err
	}
	ids, err := firstInTurn(ctx, tx, location, ref, kind, limit)
	if err != nil || len(ids) == 0 {
		return b, false, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return b, false, err
	}
	b = content.Batch{AssetRef: ref, ID: newID(), Kind: kind}
	_, err = tx.Exec(ctx, "INSERT INTO license_batches (id, location, adam_id, pricing, kind, created_at) VALUES (?, ?, ?, ?, ?, ?)",
		b.ID, location, ref.AdamID, ref.Pricing, string(kind), now)
	if err != nil {
		return b, false, err
	}
	state := content.LicenseClaimed
	if kind == content.Disassociate {
		state = content.LicenseReleasing
	}
	for chunk := range slices.Chunk(ids, maxIn) {
		in, args := inClause("id", chunk)
		if _, err := tx.Exec(ctx, "UPDATE licenses SET state = ?, batch_id = ? WHERE "+in, append([]any{string(state), b.ID}, args...)...); err != nil {
			return b, false, err
		}
	}
	b.Members, err = batchMembers(ctx, tx, b.ID)
	return b, true, err
}

func firstInTurn(ctx context.Context, tx *Tx, location string, ref content.AssetRef, kind content.BatchKind, limit int) ([]string, error) {
	state := content.LicenseWaiting
	if kind == content.Disassociate {
		state = content.LicenseReleasing
	}
	var ids []string
	err := tx.Select(ctx, &ids, `SELECT id FROM licenses WHERE location = ? AND adam_id = ? AND pricing = ? AND state = ?
		AND settled_at IS NULL AND batch_id IS NULL ORDER BY accepted_order, id LIMIT ?`, location, ref.AdamID, ref.Pricing, string(state), limit)
	if err != nil {
		return nil, fmt.Errorf("reading who is first: %w", err)
	}
	return ids, nil
}

// BatchSubmitted keeps what Apple said to a batch's request.
func (s *Store) BatchSubmitted(ctx context.Context, batchID string, sub content.Submission) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "UPDATE license_batches SET event_id = ?, submitted_at = ? WHERE id = ? AND ended_at IS NULL", sub.EventID, At(sub.At), batchID)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the event of batch %s: %w", batchID, err)
	}
	return nil
}

// batchesKept is how long batches that have ended are kept.
const batchesKept = 30 * 24 * time.Hour

// SettleBatch ends a batch by what became of its members; who is not among the
// outcomes is where the batch found them. Of a batch that has ended nothing
// changes any more.
func (s *Store) SettleBatch(ctx context.Context, b content.Batch, outcomes []content.Outcome) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, "UPDATE license_batches SET ended_at = ? WHERE id = ? AND ended_at IS NULL", now, b.ID)
		if err != nil || n == 0 {
			return err
		}
		if err := settleMembers(ctx, tx, b, outcomes, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DELETE FROM license_batches WHERE ended_at < ?", At(now.Add(-batchesKept)))
		return err
	})
	if err != nil {
		return fmt.Errorf("settling batch %s: %w", b.ID, err)
	}
	return nil
}

func settleMembers(ctx context.Context, tx *Tx, b content.Batch, outcomes []content.Outcome, now Time) error {
	back := content.LicenseWaiting
	if b.Kind == content.Disassociate {
		back = content.LicenseReleasing
	}
	if _, err := tx.Exec(ctx, "UPDATE licenses SET state = ?, batch_id = NULL, last_answer = '' WHERE batch_id = ?", string(back), b.ID); err != nil {
		return err
	}
	moves := map[licenseMove][]string{}
	for _, o := range outcomes {
		m := licenseMove{from: back, to: becomes(b.Kind, o.Holding), answer: o.Answer, settled: now}
		if m.to == back {
			m.settled = Time{}
		}
		moves[m] = append(moves[m], o.LicenseID)
	}
	for m, ids := range moves {
		if _, err := tx.moveLicenses(ctx, m, ids); err != nil {
			return err
		}
	}
	return nil
}

// becomes is the state of a license after a batch.
func becomes(kind content.BatchKind, h content.Holding) content.LicenseState {
	switch {
	case kind == content.Associate && h == content.Has:
		return content.LicenseTaken
	case kind == content.Associate && h == content.Barred:
		return content.LicenseRefused
	case kind == content.Associate:
		return content.LicenseWaiting
	case h == content.HasNot:
		return content.LicenseReleased
	case h == content.Barred:
		return content.LicenseKept
	}
	return content.LicenseReleasing
}
