package activities_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/invitation"
)

// house is the activities with everything around them played.
type house struct {
	*activities.Activities
	wire   *wire
	engine *engine
}

func newHouse(l activities.Ledger) *house {
	h := &house{wire: newWire(), engine: newEngine()}
	h.Activities = &activities.Activities{
		Ledger: l, Mailer: h.wire, Pusher: h.wire, Users: h.engine, Engine: h.engine,
		Limits: activities.Limits{Mails: 4, Pushes: 8, Starts: 4, PageSize: 100},
		Log:    slog.New(slog.DiscardHandler), Owner: "tests",
	}
	return h
}

// run runs an activity as a worker would.
func (h *house) run(t *testing.T, activity, input, result any) error {
	t.Helper()
	return h.runIn(t, newEnvironment(), activity, input, result)
}

func newEnvironment() *testsuite.TestActivityEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	return suite.NewTestActivityEnvironment()
}

func (h *house) runIn(t *testing.T, env *testsuite.TestActivityEnvironment, activity, input, result any) error {
	t.Helper()
	env.RegisterActivity(h.Activities)
	args := []any{input}
	if input == nil {
		args = nil
	}
	value, err := env.ExecuteActivity(activity, args...)
	if err == nil && result != nil {
		require.NoError(t, value.Get(result))
	}
	return err
}

// ledger plays the store's deliveries, routes and limits. What a test does not
// expect to be asked panics.
type ledger struct {
	activities.Ledger

	mu        sync.Mutex
	messages  []invitation.Message
	states    map[string]invitation.DeliveryState
	results   map[string]invitation.Outcome
	halt      invitation.Halt
	next      invitation.Next
	commits   int
	failing   int // the next so many commits fail
	onMark    func(id string) bool
	onResult  func(invitation.Result)
	withdrawn map[string]bool
	routes    map[invitation.Route]*route
	lease     func(n int) (int, time.Time)
}

type route struct {
	down   bool
	probes int // so many probes may be given out
	reason string
	ups    int
}

func newLedger(messages ...invitation.Message) *ledger {
	return &ledger{
		messages: messages, states: map[string]invitation.DeliveryState{}, results: map[string]invitation.Outcome{},
		withdrawn: map[string]bool{}, routes: map[invitation.Route]*route{},
	}
}

// mails are n claimed messages by mail.
func mails(n int) []invitation.Message { return claimed(n, invitation.ChannelMail) }

func claimed(n int, c invitation.Channel) []invitation.Message {
	messages := make([]invitation.Message, n)
	for i := range messages {
		messages[i] = invitation.Message{DeliveryID: fmt.Sprintf("%s-%d", c, i), Channel: c, UserID: fmt.Sprintf("user-%d", i)}
	}
	return messages
}

// claim hands out what has no result yet, of one user where one is named.
func (l *ledger) claim(userID string) invitation.Claim {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := invitation.Claim{Halt: l.halt}
	for _, m := range l.messages {
		if userID != "" && m.UserID != userID {
			continue
		}
		if _, done := l.results[m.DeliveryID]; !done && !l.withdrawn[m.DeliveryID] && c.Halt == invitation.HaltNone {
			l.states[m.DeliveryID] = invitation.Claimed
			c.Messages = append(c.Messages, m)
		}
	}
	if len(c.Messages) == 0 {
		c.Next = l.next
	}
	return c
}

func (l *ledger) ClaimPage(context.Context, string, int, int) (invitation.Claim, error) {
	return l.claim(""), nil
}

func (l *ledger) ClaimUser(_ context.Context, userID string) (invitation.Claim, error) {
	return l.claim(userID), nil
}

func (l *ledger) Commit(_ context.Context, mark []string, results []invitation.Result) ([]string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.commits++
	if l.failing > 0 {
		l.failing--
		return nil, errAway
	}
	for _, r := range results {
		l.results[r.DeliveryID] = r.Outcome
		if l.onResult != nil {
			l.onResult(r)
		}
	}
	var marked []string
	for _, id := range mark {
		if l.withdrawn[id] = l.onMark != nil && !l.onMark(id); l.states[id] == invitation.Claimed && !l.withdrawn[id] {
			l.states[id] = invitation.Transmitting
			marked = append(marked, id)
		}
	}
	return marked, nil
}

func (l *ledger) route(r invitation.Route) *route {
	if l.routes[r] == nil {
		l.routes[r] = &route{}
	}
	return l.routes[r]
}

func (l *ledger) RouteTurn(_ context.Context, name invitation.Route, _ string) (invitation.RouteTurn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.route(name)
	switch {
	case !r.down:
		return invitation.RouteTurn{Up: true}, nil
	case r.probes > 0:
		r.probes--
		return invitation.RouteTurn{Probe: true}, nil
	}
	return invitation.RouteTurn{Wait: 20 * time.Second, Reason: r.reason}, nil
}

func (l *ledger) RouteDown(_ context.Context, name invitation.Route, reason string, asked time.Duration) (time.Time, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.route(name)
	r.down, r.reason = true, reason
	return time.Now().Add(max(30*time.Second, asked)), nil
}

func (l *ledger) RouteUp(_ context.Context, name invitation.Route) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.route(name)
	r.down, r.reason, r.ups = false, "", r.ups+1
	return nil
}

func (l *ledger) LeaseMails(_ context.Context, n int) (int, time.Time, error) {
	if l.lease == nil {
		return n, time.Time{}, nil
	}
	granted, until := l.lease(n)
	return granted, until, nil
}
