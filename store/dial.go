package store

import (
	"context"
	"database/sql/driver"
)

// dialer marks what fails while connecting to PostgreSQL. That a server takes
// no changes, as after a failover, the driver says in errors without a type.
type dialer struct{ driver.Connector }

// Connect implements driver.Connector.
func (d dialer) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := d.Connector.Connect(ctx)
	if err != nil {
		return nil, &dialError{err}
	}
	return conn, nil
}

// dialError is a failure to connect.
type dialError struct{ cause error }

// Error implements error.
func (e *dialError) Error() string { return e.cause.Error() }

// Unwrap gives the driver's error.
func (e *dialError) Unwrap() error { return e.cause }
