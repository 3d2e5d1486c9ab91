package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// Migrate brings the schema to this binary's version. Several processes may
// call it at once: on PostgreSQL they wait for each other.
func (s *Store) Migrate(ctx context.Context) error {
	provider, err := s.goose()
	if err != nil {
		return err
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", mapError(ctx, err))
	}
	if current > target {
		return newer(current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", mapError(ctx, err))
	}
	return nil
}

// Version tells the schema's version and the one this binary wants.
func (s *Store) Version(ctx context.Context) (current, wanted int64, err error) {
	provider, err := s.goose()
	if err != nil {
		return 0, 0, err
	}
	current, wanted, err = provider.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("reading the schema version: %w", mapError(ctx, err))
	}
	return current, wanted, nil
}

// CheckSchema refuses a database whose schema is not this binary's, with one
// sentence and the fix.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, wanted, err := s.Version(ctx)
	switch {
	case err != nil:
		return err
	case current > wanted:
		return newer(current, wanted)
	case current < wanted:
		return fmt.Errorf("the database has schema version %d and this Heraut needs %d: run `heraut migrate` first", current, wanted)
	}
	return nil
}

func newer(current, wanted int64) error {
	return fmt.Errorf("the database has schema version %d and this Heraut knows only %d: use the newer Heraut that made it", current, wanted)
}

func (s *Store) goose() (*goose.Provider, error) {
	folder, err := fs.Sub(migrations, "migrations/"+string(s.kind))
	if err != nil {
		return nil, fmt.Errorf("opening the migrations: %w", err)
	}
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}
	if s.kind == Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, errors.Join(errors.New("making the migration lock"), err)
		}
		dialect, opts = goose.DialectPostgres, append(opts, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, s.writer.db.DB, folder, opts...)
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return provider, nil
}
