package engine

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"heraut/internal/freeport"
)

// ports are what the services listen on, all of them on loopback.
type ports struct {
	ip                                  string
	frontend, history, matching, worker int
}

// findPorts checks that the frontend's address is free and finds free ports for
// the other services, and for the frontend where its address has port 0. The
// server opens its listeners itself, so the frontend's is let go again.
func findPorts(listen string) (found ports, err error) {
	frontend, err := net.Listen("tcp", listen)
	if err != nil {
		return ports{}, fmt.Errorf("listening for the engine: %w", err)
	}
	defer func() { err = errors.Join(err, frontend.Close()) }()
	address, _ := frontend.Addr().(*net.TCPAddr) // what a "tcp" listener has
	found.ip, found.frontend = address.IP.String(), address.Port
	if strings.HasSuffix(listen, ":0") {
		if found.frontend, err = freeport.Find(found.ip); err != nil {
			return ports{}, err
		}
	}
	for _, port := range []*int{&found.history, &found.matching, &found.worker} {
		if *port, err = freeport.Find("127.0.0.1"); err != nil {
			return ports{}, err
		}
	}
	return found, nil
}

// release lets others have the ports that the server does not listen on.
func (p ports) release() { freeport.Release(p.frontend, p.history, p.matching, p.worker) }

func (p ports) frontendAddress() string { return net.JoinHostPort(p.ip, strconv.Itoa(p.frontend)) }

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
