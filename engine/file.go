package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"go.temporal.io/server/schema"

	_ "modernc.org/sqlite" // the driver, the one that the server uses
)

// schemaFiles lead from an empty file to the one that this server expects.
var schemaFiles = []string{"sqlite/v3/temporal/schema.sql", "sqlite/v3/visibility/schema.sql"}

// prepareFile makes the engine's file with its schema where there is none, and
// makes it again where an earlier start was cut short. It refuses a file that
// holds something and does not fit.
func prepareFile(ctx context.Context, dir string) error {
	path := filepath.Join(dir, FileName)
	missing, total, err := missingTables(ctx, path)
	switch {
	case err != nil:
		return fmt.Errorf("reading the engine's file %s: %w", path, err)
	case missing == nil:
		return nil
	case len(missing) < total:
		if err := discardEmpty(ctx, path, missing); err != nil {
			return err
		}
	}
	if err := setUpSchema(ctx, path); err != nil {
		return fmt.Errorf("making the engine's file %s: %w", path, err)
	}
	return nil
}

// openFile opens the file with the pragmas that the server uses.
func openFile(path string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}}
	for name, value := range pragmas {
		query.Add("_pragma", name+"="+value)
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
	db, err := sql.Open("sqlite", dsn) //nolint:forbidigo // the engine's file is not the store's
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// missingTables lists the tables that the schema has and the file has not: nil
// where the file is complete. total is the number that the schema has.
func missingTables(ctx context.Context, path string) (missing []string, total int, err error) {
	want, err := schemaTables(ctx)
	if err != nil {
		return nil, 0, err
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return want, len(want), nil
	}
	db, err := openFile(path)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	have, err := tables(ctx, db)
	if err != nil {
		return nil, 0, err
	}
	there := make(map[string]bool, len(have))
	for _, name := range have {
		there[name] = true
	}
	for _, name := range want {
		if !there[name] {
			missing = append(missing, name)
		}
	}
	return missing, len(want), nil
}

// schemaTables asks SQLite itself which tables the schema makes.
func schemaTables(ctx context.Context) (names []string, err error) {
	db, err := sql.Open("sqlite", ":memory:") //nolint:forbidigo // holds a schema for a moment
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // each connection has a memory of its own
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := runSchema(ctx, db); err != nil {
		return nil, err
	}
	return tables(ctx, db)
}

func tables(ctx context.Context, db *sql.DB) (names []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}

// setUpSchema makes all tables in one transaction, so that a kill leaves none.
func setUpSchema(ctx context.Context, path string) (err error) {
	// Search attributes are in clear, so the file is its owner's alone; SQLite
	// gives the files beside it the same mode.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	db, err := openFile(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return runSchema(ctx, db)
}

func runSchema(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, name := range schemaFiles {
		text, err := fs.ReadFile(schema.Assets(), name)
		if err == nil {
			_, err = tx.ExecContext(ctx, string(text))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("running %s: %w", name, err), tx.Rollback())
		}
	}
	return tx.Commit()
}

// discardEmpty removes a file that lacks tables, if it holds no namespace: then
// it holds no workflow either.
func discardEmpty(ctx context.Context, path string, missing []string) error {
	used, err := holdsNamespaces(ctx, path)
	if err != nil {
		return fmt.Errorf("reading the engine's file %s: %w", path, err)
	}
	if used {
		return fmt.Errorf("the engine's file %s lacks the tables %s: it is damaged or of another version of the engine, restore it from a backup",
			path, strings.Join(missing, ", "))
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the half-made engine's file: %w", err)
		}
	}
	return nil
}

func holdsNamespaces(ctx context.Context, path string) (used bool, err error) {
	db, err := openFile(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var there bool
	err = db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE name = 'namespaces'`).Scan(&there)
	if err != nil || !there {
		return false, err
	}
	err = db.QueryRowContext(ctx, `SELECT count(*) > 0 FROM namespaces`).Scan(&used)
	return used, err
}
