package engine

import (
	"errors"
	"fmt"
	"net"
	"strconv"
)

// ports are what the services listen on, all of them on loopback.
type ports struct {
	ip                                  string
	frontend, history, matching, worker int
}

// findPorts checks that the frontend's address is free and finds free ports for
// the other services. The server opens its listeners itself, so the ports are
// let go again; all are held at once, which makes them distinct.
func findPorts(listen string) (found ports, err error) {
	held := make([]net.Listener, 0, 4)
	defer func() {
		for _, listener := range held {
			err = errors.Join(err, listener.Close())
		}
	}()
	numbers := make([]int, 0, 4)
	for _, address := range []string{listen, "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return ports{}, fmt.Errorf("listening for the engine: %w", err)
		}
		held = append(held, listener)
		tcp, _ := listener.Addr().(*net.TCPAddr) // what a "tcp" listener has
		numbers = append(numbers, tcp.Port)
		found.ip = orDefault(found.ip, tcp.IP.String())
	}
	found.frontend, found.history, found.matching, found.worker = numbers[0], numbers[1], numbers[2], numbers[3]
	return found, nil
}

func (p ports) frontendAddress() string { return net.JoinHostPort(p.ip, strconv.Itoa(p.frontend)) }

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
