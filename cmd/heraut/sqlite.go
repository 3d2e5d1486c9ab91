package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver of the store and of the engine
)

// copySQLite writes a copy of a database as it is at one instant, while others
// read and write it.
func copySQLite(ctx context.Context, from, to string) (err error) {
	absolute, err := filepath.Abs(from)
	if err != nil {
		return err
	}
	dsn := "file:" + (&url.URL{Path: absolute}).EscapedPath() + "?mode=rw&_pragma=busy_timeout(10000)"
	db, err := sql.Open("sqlite", dsn) //nolint:forbidigo // a copy of any file, the engine's too; the store's pragmas do not matter
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}
