package store

import (
	"context"
	"database/sql"
)

// exec runs one statement by itself and returns how many rows it changed. When
// the connection breaks nobody knows whether it ran, and it runs again: it
// must be harmless twice.
func (s *Store) exec(ctx context.Context, query string, args ...any) (int64, error) {
	var changed int64
	err := s.retry(ctx, func() error {
		n, err := s.writer.exec(ctx, query, args)
		changed = n
		return mapError(ctx, err)
	})
	return changed, err
}

func (p *pool) exec(ctx context.Context, query string, args []any) (int64, error) {
	stmt, err := (&Reader{pool: p}).stmt(ctx, query, args)
	if err != nil {
		return 0, err
	}
	var result sql.Result
	if stmt != nil {
		result, err = stmt.ExecContext(ctx, args...)
	} else {
		result, err = p.db.ExecContext(ctx, p.text(query), args...)
	}
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
