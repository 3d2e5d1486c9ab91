package store

import (
	"context"
	"errors"
	"sync"

	"github.com/jmoiron/sqlx"
)

const (
	// maxCached bounds the texts and statements a pool keeps.
	maxCached = 512
	// maxHotArgs is the number of parameters above which a query is taken
	// for a batch, whose text seldom comes twice.
	maxHotArgs = 64
)

// pool is a connection pool that prepares each hot query once.
type pool struct {
	db   *sqlx.DB
	bind int

	mu    sync.Mutex
	texts map[string]string
	stmts map[string]*sqlx.Stmt
}

func newPool(db *sqlx.DB, kind Kind) *pool {
	bind := sqlx.QUESTION
	if kind == Postgres {
		bind = sqlx.DOLLAR
	}
	return &pool{db: db, bind: bind, texts: map[string]string{}, stmts: map[string]*sqlx.Stmt{}}
}

// text is the query in the database's own parameter style.
func (p *pool) text(query string) string {
	if p.bind == sqlx.QUESTION {
		return query
	}
	p.mu.Lock()
	text, known := p.texts[query]
	p.mu.Unlock()
	if known {
		return text
	}
	text = sqlx.Rebind(p.bind, query)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.texts) < maxCached {
		p.texts[query] = text
	}
	return text
}

// cached returns the prepared statement of query, nil when there is none.
func (p *pool) cached(query string) *sqlx.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stmts[query]
}

// prepare keeps a statement for query. It needs a free connection, so it must
// not be called by who holds one.
func (p *pool) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	stmt, err := p.db.PreparexContext(ctx, p.text(query))
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if other := p.stmts[query]; other != nil {
		return other, stmt.Close()
	}
	p.stmts[query] = stmt
	return stmt, nil
}

// hasRoom tells whether another statement may be kept.
func (p *pool) hasRoom() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.stmts) < maxCached
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, stmt := range p.stmts {
		errs = append(errs, stmt.Close())
	}
	clear(p.stmts)
	return errors.Join(append(errs, p.db.Close())...)
}
