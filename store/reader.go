package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// Reader runs single queries outside a transaction, each on a connection of
// its own. Queries are written with "?".
type Reader struct{ pool *pool }

func (s *Store) reader() *Reader { return &Reader{pool: s.reads} }

// Get scans one row into dst; without a row it returns sql.ErrNoRows.
func (r *Reader) Get(ctx context.Context, dst any, query string, args ...any) error {
	stmt, err := r.stmt(ctx, query, args)
	if err != nil {
		return mapError(ctx, err)
	}
	if stmt != nil {
		return mapError(ctx, stmt.GetContext(ctx, dst, args...))
	}
	return mapError(ctx, r.pool.db.GetContext(ctx, dst, r.pool.text(query), args...))
}

// Select scans all rows into the slice dst.
func (r *Reader) Select(ctx context.Context, dst any, query string, args ...any) error {
	stmt, err := r.stmt(ctx, query, args)
	if err != nil {
		return mapError(ctx, err)
	}
	if stmt != nil {
		return mapError(ctx, stmt.SelectContext(ctx, dst, args...))
	}
	return mapError(ctx, r.pool.db.SelectContext(ctx, dst, r.pool.text(query), args...))
}

// SelectFor is Select for queries whose best plan depends on the very
// arguments: PostgreSQL plans them each time.
func (r *Reader) SelectFor(ctx context.Context, dst any, query string, args ...any) error {
	return mapError(ctx, r.pool.db.SelectContext(ctx, dst, r.pool.text(query), args...))
}

// Query runs a query whose rows the caller reads one by one and closes.
func (r *Reader) Query(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	rows, err := r.pool.db.QueryxContext(ctx, r.pool.text(query), args...)
	return rows, mapError(ctx, err)
}

func (r *Reader) stmt(ctx context.Context, query string, args []any) (*sqlx.Stmt, error) {
	if stmt := r.pool.cached(query); stmt != nil || len(args) > maxHotArgs || !r.pool.hasRoom() {
		return stmt, nil
	}
	return r.pool.prepare(ctx, query)
}

// snapshot runs fn on one unchanging view of the data; fn can not write.
func (s *Store) snapshot(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	opts := &sql.TxOptions{ReadOnly: true}
	if s.kind == Postgres {
		opts.Isolation = sql.LevelRepeatableRead
	}
	return s.retry(ctx, func() error { return s.once(ctx, s.reads, opts, fn) })
}
