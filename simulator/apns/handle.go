package apnssim

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/google/uuid"
)

// handle answers one push: the request's own faults first, then the script,
// then what is known of the device.
func (s *Server) handle(w http.ResponseWriter, r *http.Request) {
	n, refused := read(r)
	if n.ApnsID == "" {
		n.ApnsID = uuid.NewString()
	}
	w.Header().Set("apns-id", n.ApnsID)
	if refused != nil {
		s.refuse(w, n, refused)
		return
	}
	if rule, ok := s.faults.next(n); ok {
		s.play(w, r, n, rule)
		return
	}
	if refused := s.devices.check(n); refused != nil {
		s.refuse(w, n, refused)
		return
	}
	s.take(n)
	w.WriteHeader(http.StatusOK)
}

// take writes a notification down and tells who asked to know.
func (s *Server) take(n Notification) {
	s.log.Info("push taken", "apns_id", n.ApnsID, "push_type", n.PushType, "topic", n.Topic)
	s.book.add(n)
	s.devices.deliver(n)
}

func (s *Server) refuse(w http.ResponseWriter, n Notification, refused *refusal) {
	s.log.Info("push refused", "apns_id", n.ApnsID, "status", refused.status, "reason", refused.reason)
	if refused.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(refused.retry))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(refused.status)
	body := struct {
		Reason    string `json:"reason,omitempty"`
		Timestamp int64  `json:"timestamp,omitempty"`
	}{refused.reason, refused.timestamp}
	_ = json.NewEncoder(w).Encode(body) // the client may be gone
}
