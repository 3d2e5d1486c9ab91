package main

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// drainFor is how long a server that is told to stop still takes requests.
// Closing connections at once would reset those on which a client has just
// sent one; until the time is over each answer makes its client leave.
const drainFor = 500 * time.Millisecond

// draining ends the connection of each request that it answers from begun on.
type draining struct {
	next  http.Handler
	begun <-chan struct{}
}

func (d draining) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case <-d.begun:
		w.Header().Set("Connection", "close")
	default:
	}
	d.next.ServeHTTP(w, r)
}

// stopHTTP drains the server, then lets requests under way finish until the
// time to stop in is over.
func (p *parts) stopHTTP(ctx context.Context, server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor+p.config.StopTimeout)
	defer cancel()
	close(p.stopping)
	<-time.After(drainFor)
	if err := server.Shutdown(ctx); err != nil {
		// Requests that go on are cut off: their queries end with them, and the
		// store can be closed.
		return errors.Join(err, server.Close())
	}
	return nil
}
