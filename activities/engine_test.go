package activities_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"heraut/invitation"
)

// engine plays Temporal.
type engine struct {
	mu      sync.Mutex
	calls   []string
	lastRun map[string]string // by workflow id; missing: none
	endedAt time.Time         // of runs that a person ended
	running []string
	// runningSends are those that have a running workflow.
	runningSends []string
	failing      error
	// poison is a user or send that every call about fails.
	poison  string
	onStart func(s invitation.Start)
}

func newEngine() *engine { return &engine{lastRun: map[string]string{}, endedAt: time.Now()} }

func (e *engine) note(call string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, call)
	if e.poison != "" && strings.HasSuffix(call, " "+e.poison) {
		return errAway
	}
	return e.failing
}

// noted are the calls so far, sorted: they come side by side.
func (e *engine) noted() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Sorted(slices.Values(e.calls))
}

// StartUser implements activities.Users.
func (e *engine) StartUser(_ context.Context, s invitation.Start) error {
	if e.onStart != nil {
		e.onStart(s)
	}
	return e.note("start " + s.UserID)
}

// WakeUser implements activities.Users.
func (e *engine) WakeUser(_ context.Context, userID string) error { return e.note("wake " + userID) }

// WakeGroup implements activities.Users.
func (e *engine) WakeGroup(_ context.Context, sendID string) error {
	return e.note("wake send " + sendID)
}

// RestartGroup implements activities.Users.
func (e *engine) RestartGroup(_ context.Context, sendID string) error {
	return e.note("start send " + sendID)
}

// RestartBulk implements activities.Users.
func (e *engine) RestartBulk(_ context.Context, bulkID string) error {
	return e.note("start bulk " + bulkID)
}

// RunningUsers implements activities.Engine.
func (e *engine) RunningUsers(_ context.Context, found func([]string)) error {
	for page := range slices.Chunk(e.running, 2) {
		found(page)
	}
	return nil
}

// RunningSends implements activities.Engine.
func (e *engine) RunningSends(_ context.Context, found func([]string)) error {
	for page := range slices.Chunk(e.runningSends, 2) {
		found(page)
	}
	return nil
}

// EndedUsers implements activities.Engine.
func (e *engine) EndedUsers(_ context.Context, found func(string, time.Time)) error {
	for id, status := range e.lastRun {
		if status == "terminated" || status == "cancelled" {
			found(strings.TrimPrefix(id, invitation.UserWorkflowID("")), e.endedAt)
		}
	}
	return nil
}

// LastRun implements activities.Engine.
func (e *engine) LastRun(_ context.Context, workflowID string) (string, error) {
	if status := e.lastRun[workflowID]; status != "" {
		return status, nil
	}
	return "none", nil
}
