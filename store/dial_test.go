package store

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/testkit"
)

// After a failover the address may lead to a server that takes no changes.
func TestAServerThatTakesNoChangesIsUnavailable(t *testing.T) {
	server := testkit.StartPostgres(t)
	address := server.Database(t)
	server.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on")
	server.Exec(t, "SELECT pg_reload_conf()")

	s, err := Open(t.Context(), Options{URL: address})
	require.Nil(t, s)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)

	mapped := mapError(t.Context(), &dialError{errors.New("session is read-only")})
	require.True(t, fault.Is(mapped, fault.Unavailable))
	require.True(t, retryable(mapped), "nothing was sent yet")
	server.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = off")
	server.Exec(t, "SELECT pg_reload_conf()")
}
