// Package store keeps everything that must survive a process: people, plans,
// invitations and settings, in SQLite or PostgreSQL by one set of queries.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Kind is the database under a store.
type Kind string

// The databases that a store can use.
const (
	SQLite   Kind = "sqlite"
	Postgres Kind = "postgres"
)

// Sealer encrypts secrets at rest. The row's name is bound to the blob, so
// that blobs can not be swapped between rows.
type Sealer interface {
	Seal(row string, plain []byte) (blob string, err error)
	Open(row, blob string) ([]byte, error)
}

// Options say which database to open.
type Options struct {
	// Path is the SQLite file; give it or URL. The file is made when missing.
	Path string
	// URL is a postgres:// address. Without a sslmode the server's
	// certificate and name are verified.
	URL string
	// Sealer encrypts secret settings; without one, storing a secret fails.
	Sealer Sealer
	// MaxConns bounds the connections to PostgreSQL; 0 means 16.
	MaxConns int
	// LinkHash makes the hash of an invitation's link, by which the page finds it.
	LinkHash func(invitationID string) []byte
	// ClientUserID makes the id by which Apple knows a user: the same each time,
	// and nothing that tells who it is. Registering anybody needs it.
	ClientUserID func(userID string) string
	// FirstPage is how many targets of a group become invitations with the send
	// itself, so that who looks at the tasks right after it finds them; the
	// others are written by the send's workflow. 0 means 250, negative none.
	FirstPage int
	// Now replaces the database's clock, for tests only.
	Now func() time.Time
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	kind   Kind
	writer *pool
	// reads is another pool on SQLite, so that readers never wait for the
	// one writer; on PostgreSQL it is the writer's.
	reads  *pool
	sealer Sealer
	now    func() time.Time
	// linkHash is Options.LinkHash.
	linkHash     func(invitationID string) []byte
	clientUserID func(userID string) string
	firstPage    int
	memo         memo
}

const defaultFirstPage = 250

const defaultMaxConns = 16

// Open opens the database and checks that it answers. It neither makes nor
// checks the schema: see Migrate and CheckSchema.
func Open(ctx context.Context, o Options) (*Store, error) {
	if (o.Path == "") == (o.URL == "") {
		return nil, errors.New("give either a SQLite file or a PostgreSQL address")
	}
	s := &Store{
		kind: SQLite, sealer: o.Sealer, now: o.Now, linkHash: o.LinkHash, clientUserID: o.ClientUserID,
		firstPage: cmp.Or(o.FirstPage, defaultFirstPage),
	}
	open := s.openSQLite
	if o.URL != "" {
		s.kind, open = Postgres, s.openPostgres
	}
	if err := open(o); err != nil {
		return nil, err
	}
	// The first connection makes the file and sets its journal mode, before
	// any reader looks.
	if err := s.writer.db.PingContext(ctx); err != nil {
		return nil, errors.Join(unreachable(err), s.Close())
	}
	return s, nil
}

func (s *Store) openSQLite(o Options) error {
	sqlx.BindDriver("sqlite", sqlx.QUESTION)
	if err := makePrivate(o.Path); err != nil {
		return err
	}
	writer, err := sqlx.Open("sqlite", sqliteDSN(o.Path))
	if err != nil {
		return fmt.Errorf("opening the database file: %w", err)
	}
	// SQLite has one writer at a time: waiting in Go's queue is fair, waiting
	// on the file lock is not.
	writer.SetMaxOpenConns(1)
	reads, err := sqlx.Open("sqlite", sqliteReadDSN(o.Path))
	if err != nil {
		return errors.Join(fmt.Errorf("opening the database file: %w", err), writer.Close())
	}
	readers := max(4, runtime.NumCPU())
	reads.SetMaxOpenConns(readers)
	reads.SetMaxIdleConns(readers)
	s.writer, s.reads = newPool(writer, s.kind), newPool(reads, s.kind)
	return nil
}

// makePrivate makes a new database file readable for its owner alone; SQLite
// gives the same rights to the files beside it.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the database file: %w", err)
	}
	return file.Close()
}

func (s *Store) openPostgres(o Options) error {
	dsn, err := postgresDSN(o.URL)
	if err != nil {
		return err
	}
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return errors.New("the PostgreSQL address has an error")
	}
	db := sqlx.NewDb(sql.OpenDB(dialer{connector}), "postgres")
	conns := o.MaxConns
	if conns <= 0 {
		conns = defaultMaxConns
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxLifetime(30 * time.Minute)
	s.writer = newPool(db, s.kind)
	s.reads = s.writer
	return nil
}

// Close closes all connections; what runs is cut off.
func (s *Store) Close() error {
	s.memo.close()
	err := s.writer.close()
	if s.reads != s.writer {
		err = errors.Join(err, s.reads.close())
	}
	return err
}

// Ping tells whether the database answers: a fault.Unavailable if not. It
// does not wait for a writer.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.reader().Get(ctx, &one, "SELECT 1"); err != nil {
		return fmt.Errorf("asking the database: %w", err)
	}
	return nil
}

// Kind tells which database is under the store.
func (s *Store) Kind() Kind { return s.kind }
