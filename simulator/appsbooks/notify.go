package appsbookssim

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	// perNotification is the elements that one notification holds.
	perNotification = 100
	attempts        = 3
)

// outbox are the notifications that have not left.
type outbox struct {
	mu      sync.Mutex
	waiting []letter
	held    []letter // late: they leave after the next
	wake    chan struct{}
	sent    []Notification
}

type letter struct {
	kind, url, token string
	body             []byte
}

// Notification is one that was delivered, or tried to be.
type Notification struct {
	Type   string
	Body   []byte
	Status int // 0: nobody answered
}

// Notifications lists every attempt, the oldest first.
func (s *Server) Notifications() []Notification {
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	return slices.Clone(s.outbox.sent)
}

func envelope(l *location, kind string, inside map[string]any) []byte {
	body, _ := json.Marshal(map[string]any{ // plain values always encode
		"notificationId": uuid.NewString(), "notificationType": kind, "uId": l.uid, "notification": inside,
	})
	return body
}

// tell puts a notification into the outbox if its type was subscribed to;
// s.mu is held.
func (s *Server) tell(l *location, kind string, inside map[string]any) {
	if l.config.url == "" || !slices.Contains(l.config.types, kind) {
		return
	}
	one := letter{kind, l.config.url, l.config.token, envelope(l, kind, inside)}
	o := &s.outbox
	o.mu.Lock()
	defer o.mu.Unlock()
	switch s.faults.notification(kind) {
	case Lose:
		return
	case Late:
		o.held = append(o.held, one)
		return
	case Double:
		o.waiting = append(o.waiting, one, one)
	case Forge:
		one.token = uuid.NewString()
		o.waiting = append(o.waiting, one)
	default:
		o.waiting = append(o.waiting, one)
	}
	o.waiting = append(o.waiting, o.held...)
	o.held = nil
	select {
	case o.wake <- struct{}{}:
	default: // it is awake
	}
}

// tellEvent notifies of an event's end: what succeeded and what failed apart,
// and no more than a hundred elements each.
func (s *Server) tellEvent(e *event) {
	kind, name := "USER_MANAGEMENT", "users"
	if e.kind == "ASSOCIATE" || e.kind == "DISASSOCIATE" || e.kind == "REVOKE" {
		kind, name = "ASSET_MANAGEMENT", "assignments"
	}
	for why, elements := range e.outcomes() {
		for part := range slices.Chunk(elements, perNotification) {
			inside := map[string]any{"eventId": e.id, "type": e.kind, "result": "SUCCESS", name: part}
			if why != nil {
				inside["result"], inside["error"] = "FAILURE", why.json()
			}
			s.tell(e.location, kind, inside)
		}
	}
}

// outcomes are the elements of an event by why they failed; nil is success.
// An event whose failures name nobody tells nothing of its elements.
func (e *event) outcomes() map[*failure][]any {
	found := map[*failure][]any{}
	for _, f := range e.failures {
		if f.info == nil {
			return map[*failure][]any{f: {}}
		}
	}
	for _, one := range e.steps {
		why := e.failed(one)
		found[why] = append(found[why], e.element(one))
	}
	return found
}

func (e *event) element(one step) any {
	if one.asset != (AssetRef{}) {
		return Assignment{one.asset, one.clientUserID, one.serial}
	}
	for _, u := range slices.Backward(e.location.users) {
		if u.ClientUserID == one.clientUserID {
			return u.shown()
		}
	}
	return map[string]string{"clientUserId": one.clientUserID}
}

// deliverAll delivers what comes, one after the other; attempts that are
// repeated do not keep the others waiting.
func (s *Server) deliverAll() {
	for {
		select {
		case <-s.outbox.wake:
		case <-s.done:
			return
		}
		for {
			s.outbox.mu.Lock()
			batch := s.outbox.waiting
			s.outbox.waiting = nil
			s.outbox.mu.Unlock()
			if len(batch) == 0 {
				break
			}
			for _, one := range batch {
				if !s.deliver(s.alive, one) {
					s.work.Go(func() { s.again(one) })
				}
			}
		}
	}
}

// again repeats a delivery that was not taken.
func (s *Server) again(one letter) {
	for range attempts - 1 {
		timer := time.NewTimer(s.options.NotifyRetry)
		select {
		case <-timer.C:
		case <-s.done:
			timer.Stop()
			return
		}
		if s.deliver(s.alive, one) {
			return
		}
	}
}

// deliver posts a notification; a 2xx answer is a delivery.
func (s *Server) deliver(ctx context.Context, one letter) bool {
	status := 0
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, one.url, bytes.NewReader(one.body))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+one.token)
	if response, err := s.notifier.Do(r); err == nil {
		status = response.StatusCode
		_ = response.Body.Close() // only the status counts
	}
	s.log.Info("notification", "type", one.kind, "status", status)
	s.outbox.mu.Lock()
	defer s.outbox.mu.Unlock()
	if len(s.outbox.sent) >= keep {
		s.outbox.sent = slices.Delete(s.outbox.sent, 0, keep/2)
	}
	s.outbox.sent = append(s.outbox.sent, Notification{one.kind, one.body, status})
	return status >= 200 && status < 300
}

// tryNotification sends the test that a notification URL has to take.
func (s *Server) tryNotification(ctx context.Context, l *location, url, token string) bool {
	const kind = "TEST_NOTIFICATION"
	return s.deliver(ctx, letter{kind, url, token, envelope(l, kind, map[string]any{})})
}

// Forge posts a body of one's own to a location's notification URL, with a
// token of one's own, and tells the status: what a stranger could do.
func (s *Server) Forge(ctx context.Context, org, token string, body []byte) int {
	s.mu.Lock()
	to := s.location(org).config.url
	s.mu.Unlock()
	s.deliver(ctx, letter{"FORGED", to, token, body})
	sent := s.Notifications()
	return sent[len(sent)-1].Status
}
