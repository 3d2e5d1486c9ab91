package store

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/testkit"
)

// After a failover the address may lead to a server that takes no changes.
func TestAServerThatTakesNoChangesIsUnavailable(t *testing.T) {
	server := testkit.StartPostgres(t)
	address := server.Database(t)
	u, err := url.Parse(address)
	require.NoError(t, err)
	// Of the database alone: it is dropped from another.
	server.Exec(t, "ALTER DATABASE "+strings.TrimPrefix(u.Path, "/")+" SET default_transaction_read_only = on")

	s, err := Open(t.Context(), Options{URL: address})
	require.Nil(t, s)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)

	mapped := mapError(t.Context(), &dialError{errors.New("session is read-only")})
	require.True(t, fault.Is(mapped, fault.Unavailable))
	require.True(t, retryable(mapped), "nothing was sent yet")
}
