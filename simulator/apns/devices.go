package apnssim

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// devices is what APNs knows of device tokens.
type devices struct {
	registeredOnly bool

	mu     sync.Mutex
	topics map[string]string             // token to topic
	dead   map[string]time.Time          // token to the time it was found dead
	heard  map[string]func(Notification) // token to the device that has it
}

// Register makes a token known for a topic, and alive again if it was not.
func (s *Server) Register(token, topic string) {
	d := &s.devices
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.topics == nil {
		d.topics = map[string]string{}
	}
	d.topics[strings.ToLower(token)] = topic
	delete(d.dead, strings.ToLower(token))
}

// RegisterDevice is Register for a device that hears its pushes: arrived is
// called for each one that is taken for the token, before the sender gets its
// answer, until Unregister; it must not wait.
func (s *Server) RegisterDevice(token, topic string, arrived func(Notification)) {
	s.Register(token, topic)
	d := &s.devices
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heard == nil {
		d.heard = map[string]func(Notification){}
	}
	d.heard[strings.ToLower(token)] = arrived
}

// deliver hands a push to its device.
func (d *devices) deliver(n Notification) {
	d.mu.Lock()
	arrived := d.heard[n.Token]
	d.mu.Unlock()
	if arrived != nil {
		arrived(n)
	}
}

// Unregister makes a token dead since a time: pushes to it are answered 410
// Unregistered with that time.
func (s *Server) Unregister(token string, since time.Time) {
	d := &s.devices
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead == nil {
		d.dead = map[string]time.Time{}
	}
	d.dead[strings.ToLower(token)] = since
	delete(d.heard, strings.ToLower(token))
}

func (d *devices) check(n Notification) *refusal {
	d.mu.Lock()
	defer d.mu.Unlock()
	if since, dead := d.dead[n.Token]; dead {
		return &refusal{status: http.StatusGone, reason: "Unregistered", timestamp: since.UnixMilli()}
	}
	topic, known := d.topics[n.Token]
	switch {
	case !known && d.registeredOnly:
		return bad("BadDeviceToken")
	case known && topic != n.Topic:
		return bad("DeviceTokenNotForTopic")
	}
	return nil
}
