package acceptance_test

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// cutter stands between a program and PostgreSQL and cuts connections while
// they commit: at one time before the server has heard of it, at the next
// after it has done so and before the program hears.
type cutter struct {
	listener net.Listener
	server   string
	// left is how many commits are still to be cut: every third.
	left    atomic.Int64
	commits atomic.Int64
}

// newCutter listens before a database, and returns the database's URL that
// leads through it.
func newCutter(tb testing.TB, database string) (c *cutter, through string) {
	tb.Helper()
	parsed, err := url.Parse(database)
	require.NoError(tb, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	c = &cutter{listener: listener, server: parsed.Host}
	tb.Cleanup(func() { require.NoError(tb, listener.Close()) })
	go c.serve()
	parsed.Host = listener.Addr().String()
	return c, parsed.String()
}

func (c *cutter) serve() {
	for {
		conn, err := c.listener.Accept()
		if err != nil {
			return // the test has ended
		}
		go c.pass(conn)
	}
}

// pass forwards both ways until one side ends or a commit is cut.
func (c *cutter) pass(client net.Conn) {
	defer func() { _ = client.Close() }() // the other side may have been quicker
	server, err := net.Dial("tcp", c.server)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }() // likewise
	deaf := new(atomic.Bool)
	go func() {
		defer func() { _ = client.Close() }() // ends the reading below
		_, _ = io.Copy(listening{client, deaf}, server)
	}()
	buffer := make([]byte, 64<<10)
	for {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut, after := c.decide(buffer[:n])
		if cut && !after {
			return
		}
		deaf.Store(cut)
		if _, err := server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// listening passes on until the program is to hear nothing more; then the
// next answer, which is that of the commit, cuts the connection.
type listening struct {
	net.Conn

	deaf *atomic.Bool
}

// Write implements io.Writer.
func (l listening) Write(p []byte) (int, error) {
	if l.deaf.Load() {
		return 0, net.ErrClosed
	}
	return l.Conn.Write(p)
}

func (c *cutter) decide(message []byte) (cut, after bool) {
	if c.left.Load() <= 0 || !bytes.Contains(message, []byte("COMMIT\x00")) || c.commits.Add(1)%3 != 0 {
		return false, false
	}
	return true, c.left.Add(-1)%2 == 0
}
