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
	topics map[string]string    // token to topic
	dead   map[string]time.Time // token to the time it was found dead
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
