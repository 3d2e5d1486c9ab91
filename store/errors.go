package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"

	"heraut/fault"
)

// dbError is a fault with the database's own error behind it: the fault is
// for the caller, Error is for the log.
type dbError struct {
	fault *fault.Error
	cause error
	again bool   // nothing was committed and another try may succeed
	index string // the unique constraint that was violated
}

// Error implements error.
func (e *dbError) Error() string { return e.fault.Message + " (" + e.cause.Error() + ")" }

// Unwrap gives the fault and the driver's error.
func (e *dbError) Unwrap() []error { return []error{e.fault, e.cause} }

// mapError turns a driver's error into a fault where a caller can act on it.
func mapError(ctx context.Context, err error) error {
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if known, ok := errors.AsType[*dbError](err); ok {
		return known
	}
	if ctx.Err() != nil {
		return fmt.Errorf("asking the database: %w", context.Cause(ctx))
	}
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return mapPostgres(e)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return mapSQLite(e)
	}
	if broken(err) {
		return unreachable(err)
	}
	return err
}

func mapPostgres(e *pq.Error) error {
	switch code := string(e.Code); {
	case code == "23505":
		return conflict(e.Constraint, e)
	case code == "23503":
		return missing(e)
	case code == "40001", code == "40P01":
		return busy(e)
	case code == "53100":
		return diskFull(e)
	case code == "22021", code == "22P05":
		return &dbError{fault: fault.New(fault.InvalidRequest, "Leave out NUL characters and use valid UTF-8."), cause: e}
	case code == "25006", strings.HasPrefix(code, "08"), strings.HasPrefix(code, "57P"), code == "53300":
		return unreachable(e)
	}
	return e
}

func mapSQLite(e *sqlite.Error) error {
	switch e.Code() {
	case sqlitelib.SQLITE_CONSTRAINT_UNIQUE, sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return conflict(sqliteIndex(e.Error()), e)
	case sqlitelib.SQLITE_CONSTRAINT_FOREIGNKEY:
		return missing(e)
	}
	switch e.Code() & 0xff { // the low byte is the primary code
	case sqlitelib.SQLITE_BUSY:
		return busy(e)
	case sqlitelib.SQLITE_FULL:
		return diskFull(e)
	case sqlitelib.SQLITE_IOERR, sqlitelib.SQLITE_CANTOPEN, sqlitelib.SQLITE_READONLY:
		return &dbError{fault: fault.New(fault.Unavailable, "The database file can not be used; look at the disk and its rights."), cause: e}
	}
	return e
}

func busy(cause error) error {
	return &dbError{fault: fault.New(fault.Unavailable, "The database is busy; try again."), cause: cause, again: true}
}

func diskFull(cause error) error {
	return &dbError{fault: fault.New(fault.Unavailable, "The disk is full; nothing was saved. Make room and try again."), cause: cause}
}

// unreachable is safe to try again: it is never made of an error on COMMIT.
func unreachable(cause error) error {
	return &dbError{fault: fault.New(fault.Unavailable, "The database can not be reached."), cause: cause, again: true}
}

func missing(cause error) error {
	return &dbError{fault: fault.New(fault.Conflict, "Something that this refers to does not exist."), cause: cause}
}

// commitError treats a connection lost during COMMIT as unknown: it may have
// been committed, so it is not tried again; callers read again by key.
func commitError(ctx context.Context, err error) error {
	mapped := mapError(ctx, err)
	if e, ok := errors.AsType[*dbError](mapped); ok && e.fault.Code == fault.Unavailable && lostConnection(err) {
		e.again = false
		e.fault = fault.New(fault.Unavailable, "The connection broke while saving; look whether it was saved before trying again.")
	}
	return mapped
}

func lostConnection(err error) bool {
	e, ok := errors.AsType[*pq.Error](err)
	return broken(err) || ok && (strings.HasPrefix(string(e.Code), "08") || strings.HasPrefix(string(e.Code), "57P"))
}

// broken tells that the connection, not the query, is at fault.
func broken(err error) bool {
	_, isNet := errors.AsType[net.Error](err)
	_, isDial := errors.AsType[*dialError](err)
	return isNet || isDial || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed)
}

func retryable(err error) bool {
	e, ok := errors.AsType[*dbError](err)
	return ok && e.again
}

// errLost means that another transaction changed a row between our reading
// and writing it.
var errLost = errors.New("a row was changed in the meantime")
