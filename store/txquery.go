package store

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
)

// Exec runs a statement and returns how many rows it changed.
func (tx *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	return tx.execute(ctx, query, args, len(args) <= maxHotArgs)
}

func (tx *Tx) execute(ctx context.Context, query string, args []any, hot bool) (int64, error) {
	var result sql.Result
	var err error
	if stmt := tx.stmt(ctx, query, hot); stmt != nil {
		result, err = stmt.ExecContext(ctx, args...)
	} else {
		result, err = tx.tx.ExecContext(ctx, tx.pool.text(query), args...)
	}
	if err != nil {
		return 0, mapError(ctx, err)
	}
	n, err := result.RowsAffected()
	return n, mapError(ctx, err)
}

// Get scans one row into dst; without a row it returns sql.ErrNoRows.
func (tx *Tx) Get(ctx context.Context, dst any, query string, args ...any) error {
	if stmt := tx.stmt(ctx, query, len(args) <= maxHotArgs); stmt != nil {
		return mapError(ctx, stmt.GetContext(ctx, dst, args...))
	}
	return mapError(ctx, tx.tx.GetContext(ctx, dst, tx.pool.text(query), args...))
}

// Select scans all rows into the slice dst.
func (tx *Tx) Select(ctx context.Context, dst any, query string, args ...any) error {
	if stmt := tx.stmt(ctx, query, len(args) <= maxHotArgs); stmt != nil {
		return mapError(ctx, stmt.SelectContext(ctx, dst, args...))
	}
	return mapError(ctx, tx.tx.SelectContext(ctx, dst, tx.pool.text(query), args...))
}

// Query runs a query whose rows the caller reads one by one and closes.
func (tx *Tx) Query(ctx context.Context, query string, args ...any) (*sqlx.Rows, error) {
	rows, err := tx.tx.QueryxContext(ctx, tx.pool.text(query), args...)
	return rows, mapError(ctx, err)
}

// stmt returns the prepared statement of a hot query, bound to the
// transaction, or nil. Preparing must wait for the transaction's end: SQLite's
// one writing connection is taken by this very transaction.
func (tx *Tx) stmt(ctx context.Context, query string, hot bool) *sqlx.Stmt {
	if stmt := tx.pool.cached(query); stmt != nil {
		return tx.tx.StmtxContext(ctx, stmt)
	}
	if hot && tx.pool.hasRoom() {
		tx.wanted = append(tx.wanted, query)
	}
	return nil
}
