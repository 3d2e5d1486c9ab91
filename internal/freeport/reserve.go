package freeport

import (
	"net"
	"sync"
)

// reserved holds a UDP socket for each TCP port that was given: processes see
// it of each other, and it goes with its process, however that ends. A program
// takes seconds from a port that is found to a port that it listens on, and
// another that starts beside it would find the same.
var reserved = struct {
	sync.Mutex
	sockets map[int]*net.UDPConn
}{sockets: map[int]*net.UDPConn{}}

func reserve(port int) error {
	socket, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		return err //nolint:wrapcheck // Find says what was tried
	}
	reserved.Lock()
	defer reserved.Unlock()
	reserved.sockets[port] = socket
	return nil
}

// Release ends the reservation of ports that are listened on now, or not wanted.
func Release(ports ...int) {
	reserved.Lock()
	defer reserved.Unlock()
	for _, port := range ports {
		if socket := reserved.sockets[port]; socket != nil {
			_ = socket.Close() // nothing was ever sent through it
			delete(reserved.sockets, port)
		}
	}
}
