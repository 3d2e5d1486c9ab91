package mail

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// conn is a connection to a mail server that was greeted, and on which TLS
// and login are done.
type conn struct {
	net    *boundedConn
	client *smtp.Client
	host   string

	pipelining, utf8 bool
	mails            int
	idleSince        time.Time
	// steps is what happened while it was opened, for Test.
	steps []Step
}

// maxReply is more than any honest reply of a server, in bytes.
const maxReply = 256 << 10

var errReplyTooLong = errors.New("the server's reply does not end")

// boundedConn limits what is read between two writes: net/textproto reads
// lines and replies of any length.
type boundedConn struct {
	net.Conn
	unread int
}

func (c *boundedConn) Read(p []byte) (int, error) {
	if c.unread <= 0 {
		return 0, errReplyTooLong
	}
	n, err := c.Conn.Read(p[:min(len(p), c.unread)])
	c.unread -= n
	return n, err
}

func (c *boundedConn) Write(p []byte) (int, error) {
	c.unread = maxReply
	return c.Conn.Write(p)
}

// within limits the coming dialogue; the error is that of a ctx that is done,
// whose watch may have come before the new deadline.
func (c *conn) within(ctx context.Context, limit time.Duration) error {
	_ = c.net.SetDeadline(time.Now().Add(limit)) // fails only on a closed connection, as the next command then does
	return ctx.Err()
}

// watch ends a dialogue when ctx is done, by a deadline that far away. The
// function it returns ends the watch.
func (c *conn) watch(ctx context.Context, after time.Duration) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		_ = c.net.SetDeadline(time.Now().Add(after)) // as in within
	})
}

// reset withdraws a transaction; it tells whether the connection still works.
func (c *conn) reset(limit time.Duration) bool {
	if err := c.net.SetDeadline(time.Now().Add(limit)); err != nil {
		return false
	}
	return c.client.Reset() == nil
}

// quitLimit is what politeness may cost.
const quitLimit = 2 * time.Second

func (c *conn) quit() {
	_ = c.net.SetDeadline(time.Now().Add(quitLimit)) // close comes next in any case
	_ = c.client.Quit()                              // a server that is gone needs no goodbye
	c.close()
}

func (c *conn) close() {
	_ = c.net.Close() // nothing is under way on it
}
