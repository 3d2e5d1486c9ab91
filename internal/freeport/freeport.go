// Package freeport finds ports for programs that open their listeners
// themselves, and so can not be handed one that is open.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
)

// The ports that are given. They lie below those that systems take for
// outgoing connections and for listeners on port 0 (Linux from 32768 on,
// macOS and Windows from 49152 on): a port that was free when it was found
// stays so until its program has started, and while it starts again.
const lowest, count = 10_000, 22_000

// next counts the ports given, from a random one on, so that no port is given
// twice by one process and two processes rarely try the same.
var next = func() *atomic.Int64 {
	n := new(atomic.Int64)
	n.Store(rand.Int64N(count))
	return n
}()

// Find finds a TCP port of a host that nobody listens on. No other process is
// given it until this one ends or calls Release. The error is that of the last
// port tried, when none is free.
func Find(host string) (port int, err error) {
	for range count {
		port = lowest + int(next.Add(1)%count)
		if err = try(host, port); err == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("finding a free port: %w", err)
}

// try reserves a port on which nobody listens.
func try(host string, port int) error {
	if err := reserve(port); err != nil {
		return err
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		Release(port)
	}
	return err //nolint:wrapcheck // Find says what was tried
}

// Address is Find for 127.0.0.1, with the host before the port.
func Address() (string, error) {
	const host = "127.0.0.1"
	port, err := Find(host)
	return net.JoinHostPort(host, strconv.Itoa(port)), err
}
