package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

const (
	// claimLife is after how long a claim counts as a dead process's.
	claimLife = 60 * time.Second
	// requestLife is how long an answer is kept.
	requestLife = 24 * time.Hour
)

type requestRow struct {
	BodyHash  string                  `db:"body_hash"`
	Claim     string                  `db:"claim"`
	ClaimedAt Time                    `db:"claimed_at"`
	ExpiresAt Time                    `db:"expires_at"`
	Done      bool                    `db:"done"`
	MadeKind  string                  `db:"made_kind"`
	MadeID    string                  `db:"made_id"`
	Status    int                     `db:"status"`
	Headers   JSON[map[string]string] `db:"headers"`
	Body      string                  `db:"body"`
}

const requestColumns = "body_hash, claim, claimed_at, expires_at, done, made_kind, made_id, status, headers, body"

// ClaimRequest claims the right to run a request with an idempotency key. The
// claim may hold the answer given before, or what was made before its answer
// was lost; else run the request under WithClaim, then call FinishRequest or
// ReleaseRequest. Faults: idempotency_key_reused for another body,
// request_in_progress while a claim of the last 60 seconds runs.
func (s *Store) ClaimRequest(ctx context.Context, keyID, key, bodyHash string) (people.Claim, error) {
	var claim people.Claim
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		claim = people.Claim{KeyID: keyID, Key: key, BodyHash: bodyHash, Token: newID()}
		n, err := tx.Exec(ctx, `INSERT INTO idempotency (key_id, key, body_hash, claim, claimed_at, expires_at)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (key_id, key) DO NOTHING`,
			keyID, key, bodyHash, claim.Token, now, At(now.Add(requestLife)))
		if err != nil || n == 1 {
			return err
		}
		return s.reclaim(ctx, tx, &claim, now)
	})
	if err != nil {
		return people.Claim{}, fmt.Errorf("claiming a request: %w", err)
	}
	return claim, nil
}

// reclaim decides about a key that was seen before.
func (s *Store) reclaim(ctx context.Context, tx *Tx, claim *people.Claim, now Time) error {
	var row requestRow
	err := tx.Get(ctx, &row, "SELECT "+requestColumns+" FROM idempotency WHERE key_id = ? AND key = ?", claim.KeyID, claim.Key)
	switch {
	case err != nil:
		return changedOne(0, nil) // purged since: claim anew
	case !row.ExpiresAt.After(now.Time):
		return tx.takeOver(ctx, row, *claim, now, true)
	case row.BodyHash != claim.BodyHash:
		return fault.New(fault.IdempotencyKeyReused, "This Idempotency-Key was used for another request.")
	case row.Done:
		claim.Answer, err = s.openAnswer(*claim, row)
		return err
	case now.Sub(row.ClaimedAt.Time) < claimLife:
		return inProgress()
	}
	claim.MadeKind, claim.MadeID = row.MadeKind, row.MadeID
	return tx.takeOver(ctx, row, *claim, now, false)
}

// takeOver gives the record to a new claim, unless a third was faster.
func (tx *Tx) takeOver(ctx context.Context, row requestRow, c people.Claim, now Time, anew bool) error {
	if anew {
		row = requestRow{Claim: row.Claim, ExpiresAt: At(now.Add(requestLife))}
	}
	n, err := tx.Exec(ctx, `UPDATE idempotency SET body_hash = ?, claim = ?, claimed_at = ?, expires_at = ?, done = FALSE,
			made_kind = ?, made_id = ?, status = 0, headers = NULL, body = ''
		WHERE key_id = ? AND key = ? AND claim = ?`,
		c.BodyHash, c.Token, now, row.ExpiresAt, row.MadeKind, row.MadeID, c.KeyID, c.Key, row.Claim)
	return changedOne(n, err)
}

// FinishRequest keeps the answer for 24 hours from the claim. It does nothing
// when another process has taken the request over.
func (s *Store) FinishRequest(ctx context.Context, c people.Claim, a people.Answer) error {
	body, err := s.sealAnswer(c, a.Body)
	if err != nil {
		return err
	}
	err = s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "UPDATE idempotency SET done = TRUE, status = ?, headers = ?, body = ? WHERE key_id = ? AND key = ? AND claim = ?",
			a.Status, JSON[map[string]string]{a.Header}, body, c.KeyID, c.Key, c.Token)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the answer to a request: %w", err)
	}
	return nil
}

// ReleaseRequest forgets a claim whose request had no effect, so that it may
// be tried again at once.
func (s *Store) ReleaseRequest(ctx context.Context, c people.Claim) error {
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM idempotency WHERE key_id = ? AND key = ? AND claim = ? AND done = FALSE AND made_id = ''",
			c.KeyID, c.Key, c.Token)
		return err
	})
	if err != nil {
		return fmt.Errorf("releasing a request: %w", err)
	}
	return nil
}

// An answer may show a secret once (a new API key), so it is sealed.
func (s *Store) sealAnswer(c people.Claim, body []byte) (string, error) {
	if len(body) == 0 {
		return "", nil
	}
	return s.seal(answerRow(c), body)
}

func (s *Store) openAnswer(c people.Claim, row requestRow) (*people.Answer, error) {
	answer := &people.Answer{Status: row.Status, Header: row.Headers.V}
	if row.Body == "" {
		return answer, nil
	}
	if s.sealer == nil {
		return nil, errNoSealer
	}
	var err error
	answer.Body, err = s.sealer.Open(answerRow(c), row.Body)
	return answer, err
}

func answerRow(c people.Claim) string { return "idempotency/" + c.KeyID + "/" + c.Key }

var errNoSealer = errors.New("the store was opened without keys for its secrets")

func (s *Store) seal(row string, plain []byte) (string, error) {
	if s.sealer == nil {
		return "", errNoSealer
	}
	return s.sealer.Seal(row, plain)
}
