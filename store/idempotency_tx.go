package store

import (
	"context"

	"heraut/fault"
	"heraut/people"
)

// made is what a transaction made first, for the record of an idempotent request.
type made struct{ kind, id string }

// Made names what the transaction made, so that a repeated request whose
// answer was lost can be answered by reading it again. The first call counts;
// audit calls it.
func (tx *Tx) Made(kind, id string) {
	if tx.made == (made{}) {
		tx.made = made{kind, id}
	}
}

type claimKey struct{}

// WithClaim makes every change under the context part of the claimed request:
// the first transaction that makes something says so in the request's record,
// and none commits once another process has taken the request over.
func (s *Store) WithClaim(ctx context.Context, c people.Claim) context.Context {
	return context.WithValue(ctx, claimKey{}, c)
}

// withoutClaim is for writes that are no part of the request.
func withoutClaim(ctx context.Context) context.Context {
	return context.WithValue(ctx, claimKey{}, nil)
}

// claimed adds the record of the request that ctx carries to fn's transaction.
func (s *Store) claimed(fn func(context.Context, *Tx) error) func(context.Context, *Tx) error {
	return func(ctx context.Context, tx *Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		c, ok := ctx.Value(claimKey{}).(people.Claim)
		if !ok || tx.made == (made{}) {
			return nil
		}
		return tx.recordMade(ctx, c)
	}
}

func (tx *Tx) recordMade(ctx context.Context, c people.Claim) error {
	n, err := tx.Exec(ctx, `UPDATE idempotency SET
			made_kind = CASE WHEN made_kind = '' THEN ? ELSE made_kind END,
			made_id = CASE WHEN made_id = '' THEN ? ELSE made_id END
		WHERE key_id = ? AND key = ? AND claim = ?`, tx.made.kind, tx.made.id, c.KeyID, c.Key, c.Token)
	if err != nil {
		return err
	}
	if n == 0 {
		return inProgress()
	}
	return nil
}

func inProgress() error {
	return fault.New(fault.RequestInProgress, "A request with this Idempotency-Key is still running; try again later.")
}
