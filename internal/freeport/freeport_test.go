package freeport_test

import (
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/freeport"
)

func TestAddressIsFreeAndGivenOnce(t *testing.T) {
	const callers = 50
	given := make(chan string, callers)
	for range callers {
		go func() {
			address, err := freeport.Address()
			assert.NoError(t, err)
			given <- address
		}()
	}
	seen := make(map[string]bool, callers)
	for range callers {
		address := <-given
		require.False(t, seen[address], address)
		seen[address] = true
		l, err := net.Listen("tcp", address)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
}

func TestFindStaysBelowWhatTheSystemTakes(t *testing.T) {
	for range 100 {
		port, err := freeport.Find("127.0.0.1")
		require.NoError(t, err)
		require.GreaterOrEqual(t, port, 10_000)
		require.Less(t, port, 32_768)
	}
}

func TestFindPassesOverWhatIsTaken(t *testing.T) {
	first, err := freeport.Find("127.0.0.1")
	require.NoError(t, err)
	taken, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+1)))
	if err != nil {
		t.Log("somebody else has it, which serves as well")
	} else {
		defer func() { require.NoError(t, taken.Close()) }()
	}
	port, err := freeport.Find("127.0.0.1")
	require.NoError(t, err)
	require.NotEqual(t, first+1, port)
}

// TestReservedPortIsNotGiven: what this process was given, another is not, though
// nobody listens there yet.
func TestReservedPortIsNotGiven(t *testing.T) {
	port, err := freeport.Find("127.0.0.1")
	require.NoError(t, err)
	another := func() error {
		l, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err == nil {
			require.NoError(t, l.Close())
		}
		return err
	}
	require.Error(t, another(), "the mark that other processes look for")

	freeport.Release(port)
	freeport.Release(port)
	require.NoError(t, another())
}

func TestFindTellsWhyNoneIsFree(t *testing.T) {
	_, err := freeport.Find("192.0.2.1") // of TEST-NET-1 (RFC 5737), and so not of this machine
	require.ErrorContains(t, err, "finding a free port")
	var refused *net.OpError
	require.ErrorAs(t, err, &refused)
}
