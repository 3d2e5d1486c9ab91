package appsbookssim

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// event is a request that is worked on after its answer.
type event struct {
	id, kind string
	location *location
	due      time.Time
	fault    Rule // what a script makes of it; zero: nothing

	state     string
	steps     []step
	completed int
	failures  []*failure
}

// step is one element of an event.
type step struct {
	clientUserID, serial string
	asset                AssetRef
	do                   func() int // the error number; 0 is success
}

func (s step) target() string { return s.clientUserID + s.serial }

func (c *call) newEvent(kind string) *event {
	return &event{id: uuid.NewString(), kind: kind, location: c.location, state: "PENDING", fault: c.rule}
}

// start puts an event into its location's queue, with the lock held.
func (c *call) start(e *event) map[string]any {
	l, delay := c.location, c.server.options.EventDelay
	e.due = time.Now().Add(delay)
	l.events[e.id] = e
	if e.fault.Event != Stuck {
		l.queue = append(l.queue, e)
		time.AfterFunc(delay, func() { c.server.runDue(l) })
	}
	return map[string]any{"eventId": e.id}
}

// runDue does what is due in a location, in the order of the requests.
func (s *Server) runDue(l *location) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(l.queue) > 0 && !l.queue[0].due.After(time.Now()) {
		e := l.queue[0]
		l.queue = l.queue[1:]
		e.run()
		s.tellEvent(e)
	}
}

// run does every step, and tells those that failed by their number.
func (e *event) run() {
	for _, one := range e.steps {
		number := e.scripted(one)
		if number == 0 {
			number = one.do()
		}
		if number == 0 {
			e.completed++
			continue
		}
		e.fail(number, one)
	}
	e.state = "COMPLETE"
	if len(e.failures) > 0 {
		e.state = "FAILED"
	}
}

// scripted is the error number that a script has for a step.
func (e *event) scripted(one step) int {
	if e.fault.Event != Fail {
		return 0
	}
	if len(e.fault.Targets) == 0 || slices.Contains(e.fault.Targets, one.target()) {
		return e.fault.Number
	}
	return 0
}

// fail notes a step that failed beside those of the same number.
func (e *event) fail(number int, one step) {
	i := slices.IndexFunc(e.failures, func(f *failure) bool { return f.number == number })
	if i < 0 {
		i = len(e.failures)
		e.failures = append(e.failures, &failure{number: number})
	}
	if e.fault.Event == Fail && e.fault.Unnamed {
		return
	}
	f := e.failures[i]
	if f.info == nil {
		f.info = &errorInfo{}
	}
	add(&f.info.ClientUserIDs, one.clientUserID)
	add(&f.info.SerialNumbers, one.serial)
	if one.asset != (AssetRef{}) && !slices.Contains(f.info.Assets, one.asset) {
		f.info.Assets = append(f.info.Assets, one.asset)
	}
}

func add(list *[]string, one string) {
	if one != "" && !slices.Contains(*list, one) {
		*list = append(*list, one)
	}
}

// failed tells whether a step of the event failed.
func (e *event) failed(one step) *failure {
	for _, f := range e.failures {
		if f.info == nil {
			continue
		}
		named := one.clientUserID != "" && slices.Contains(f.info.ClientUserIDs, one.clientUserID) ||
			one.serial != "" && slices.Contains(f.info.SerialNumbers, one.serial)
		if named && (one.asset == (AssetRef{}) || slices.Contains(f.info.Assets, one.asset)) {
			return f
		}
	}
	return nil
}

func getStatus(c *call) (map[string]any, *failure) {
	e := c.location.events[c.request.URL.Query().Get("eventId")]
	if e == nil {
		return nil, refuse(9708)
	}
	body := map[string]any{
		"eventStatus": e.state, "eventType": e.kind, "numCompleted": e.completed, "numRequested": len(e.steps),
	}
	if len(e.failures) > 0 {
		var list []map[string]any
		for _, f := range e.failures {
			list = append(list, f.json())
		}
		body["failures"] = list
	}
	return body, nil
}
