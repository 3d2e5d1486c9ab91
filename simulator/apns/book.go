package apnssim

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"
)

// Notification is a push that the server took.
type Notification struct {
	At         time.Time `json:"at"`
	Token      string    `json:"token"`
	Topic      string    `json:"topic"`
	PushType   string    `json:"push_type"`
	ApnsID     string    `json:"apns_id"`
	CollapseID string    `json:"collapse_id,omitempty"`
	Priority   int       `json:"priority"`
	// Expiration is zero when the sender asked to try once and store nothing.
	Expiration time.Time       `json:"expiration,omitzero"`
	Payload    json.RawMessage `json:"payload"`
}

// Content is what an alert shows, and where it leads.
type Content struct{ Title, Body, Link string }

// Content reads the payload of an alert; an MDM wake-up has none.
func (n Notification) Content() Content {
	var p struct {
		Link string `json:"link"`
		APS  struct {
			Alert struct {
				Title string `json:"title"`
				Body  string `json:"body"`
			} `json:"alert"`
		} `json:"aps"`
	}
	_ = json.Unmarshal(n.Payload, &p) // a payload of another shape shows nothing
	return Content{Title: p.APS.Alert.Title, Body: p.APS.Alert.Body, Link: p.Link}
}

// book keeps what was taken: the newest in full, all of it counted.
type book struct {
	keep int

	mu       sync.Mutex
	taken    []Notification
	total    int
	byApnsID map[string]int
	byToken  map[string]int
	watchers []func(Notification)
}

func (b *book) add(n Notification) {
	b.mu.Lock()
	if b.byApnsID == nil {
		b.byApnsID, b.byToken = map[string]int{}, map[string]int{}
	}
	b.total++
	b.byApnsID[n.ApnsID]++
	b.byToken[n.Token]++
	b.taken = append(b.taken, n)
	if len(b.taken) >= 2*b.keep {
		b.taken = slices.Clone(b.taken[len(b.taken)-b.keep:])
	}
	watchers := b.watchers
	b.mu.Unlock()
	for _, tell := range watchers {
		tell(n)
	}
}

// Received returns the notifications that were taken, oldest first: the newest
// Options.Keep of them.
func (s *Server) Received() []Notification { return s.book.newest(s.book.keep) }

// newest returns at most n notifications, oldest first.
func (b *book) newest(n int) []Notification {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Notification{}, b.taken[max(0, len(b.taken)-n):]...)
}

// Total is how many notifications were taken.
func (s *Server) Total() int {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return s.book.total
}

// CountByApnsID tells how often each apns-id was taken: more than once is a
// repeated push.
func (s *Server) CountByApnsID() map[string]int {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return maps.Clone(s.book.byApnsID)
}

// CountByToken tells how many notifications each device token got.
func (s *Server) CountByToken() map[string]int {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	return maps.Clone(s.book.byToken)
}

// OnNotification calls tell for each notification taken from now on, before
// the sender gets its answer; tell must not wait.
func (s *Server) OnNotification(tell func(Notification)) {
	s.book.mu.Lock()
	defer s.book.mu.Unlock()
	s.book.watchers = append(slices.Clone(s.book.watchers), tell)
}
