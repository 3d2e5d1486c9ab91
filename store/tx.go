package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// Tx is one transaction. Queries are written with "?". Rows of Query must be
// closed before the transaction's next query.
type Tx struct {
	store *Store
	pool  *pool
	tx    *sqlx.Tx
	// wanted are hot queries met without a statement; they are prepared when
	// the connection is free again.
	wanted []string
	notes  []auditNote
	made   made
}

// write runs fn in a transaction and commits it, or rolls back when fn
// returns an error. fn runs again after a deadlock, a serialization failure or
// a lost connection, so it must set its results anew each time.
func (s *Store) write(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return s.retry(ctx, func() error { return s.once(ctx, s.writer, nil, s.claimed(fn)) })
}

// serializable is write with isolation as if transactions ran one by one.
//
// On PostgreSQL every audited change that commits meanwhile is a conflict, for
// both write the chain's head. So after patientTries the transaction holds the
// others off, from before it sees the data.
func (s *Store) serializable(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if s.kind == SQLite {
		return s.write(ctx, fn) // it has no weaker level
	}
	tries := 0
	return s.retry(ctx, func() error {
		tries++
		alone := tries > patientTries
		return s.once(ctx, s.writer, &sql.TxOptions{Isolation: sql.LevelSerializable}, func(ctx context.Context, tx *Tx) error {
			if alone {
				if _, err := tx.Exec(ctx, "LOCK TABLE audit_head IN EXCLUSIVE MODE"); err != nil {
					return fmt.Errorf("holding off other changes: %w", err)
				}
			}
			return s.claimed(fn)(ctx, tx)
		})
	})
}

// patientTries is how often a serializable transaction tries beside others.
const patientTries = 2

func (s *Store) once(ctx context.Context, p *pool, opts *sql.TxOptions, fn func(context.Context, *Tx) error) error {
	inner, err := p.db.BeginTxx(ctx, opts)
	if err != nil {
		return mapError(ctx, err)
	}
	tx := &Tx{store: s, pool: p, tx: inner}
	if err := tx.run(ctx, fn); err != nil {
		return err
	}
	if err := inner.Commit(); err != nil {
		return commitError(ctx, err)
	}
	tx.prepareWanted(ctx)
	if tx.changedPeople() {
		s.memo.forget()
	}
	return nil
}

// changedPeople tells whether the transaction changed users or groups.
func (tx *Tx) changedPeople() bool {
	return slices.ContainsFunc(tx.notes, func(n auditNote) bool { return slices.Contains([]string{"user", "group", "roster"}, n.change.Kind) })
}

// run rolls back when fn fails or panics.
func (tx *Tx) run(ctx context.Context, fn func(context.Context, *Tx) error) error {
	done := false
	defer func() {
		if !done {
			_ = tx.tx.Rollback() // fn's own error says more; a lost connection rolls back by itself
		}
	}()
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.flushAudit(ctx); err != nil {
		return err
	}
	done = true
	return nil
}

func (tx *Tx) prepareWanted(ctx context.Context) {
	for _, query := range tx.wanted {
		if tx.pool.cached(query) != nil {
			continue
		}
		if _, err := tx.pool.prepare(ctx, query); err != nil {
			return // the next transaction asks again
		}
	}
}

const (
	maxTries  = 10
	firstWait = 5 * time.Millisecond
	maxWait   = 500 * time.Millisecond
)

// retry repeats try while its error says that nothing was committed and that
// another try may succeed.
func (s *Store) retry(ctx context.Context, try func() error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := try()
		if err == nil || n == maxTries || !retryable(err) {
			return err
		}
		timer := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(context.Cause(ctx), err)
		case <-timer.C:
		}
		wait = min(2*wait, maxWait)
	}
}

// Now is the database's clock, the one that deadlines are held against. Each
// call asks anew: time spent waiting for a lock counts.
func (tx *Tx) Now(ctx context.Context) (Time, error) {
	if tx.store.now != nil || tx.store.kind == SQLite {
		return At(tx.store.clock()), nil // SQLite's clock is this machine's
	}
	var now Time
	if err := tx.Get(ctx, &now, "SELECT clock_timestamp()"); err != nil {
		return Time{}, fmt.Errorf("reading the database's clock: %w", err)
	}
	return now, nil
}

// clock is this machine's time, for what decides nothing.
func (s *Store) clock() time.Time {
	if s.now != nil {
		return s.now()
	}
	return time.Now()
}
