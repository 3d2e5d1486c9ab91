package activities

import (
	"context"
	"fmt"
	"sync"

	"heraut/invitation"
)

// turns lets the activities of one process wait for a probe among them, so
// that all go on the moment it succeeds. The store keeps other processes apart.
type turns struct {
	mu      sync.Mutex
	probing map[invitation.Route]chan struct{}
}

// take asks for a turn on a route. Who gets a probe must call give after it.
func (t *turns) take(ctx context.Context, routes Routes, route invitation.Route, owner string) (invitation.RouteTurn, error) {
	for {
		turn, probing, err := t.ask(ctx, routes, route, owner)
		if probing == nil {
			return turn, err
		}
		select {
		case <-probing:
		case <-ctx.Done():
			return turn, fmt.Errorf("waiting for a probe: %w", context.Cause(ctx))
		}
	}
}

// ask asks the store, unless a probe of this process is on its way: then it
// returns the channel that is closed when that has its answer.
func (t *turns) ask(ctx context.Context, routes Routes, route invitation.Route, owner string) (turn invitation.RouteTurn, probing <-chan struct{}, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if probe := t.probing[route]; probe != nil {
		return turn, probe, nil
	}
	turn, err = routes.RouteTurn(ctx, route, owner)
	if err == nil && turn.Probe {
		if t.probing == nil {
			t.probing = map[invitation.Route]chan struct{}{}
		}
		t.probing[route] = make(chan struct{})
	}
	return turn, nil, err
}

// give ends a probe.
func (t *turns) give(route invitation.Route) {
	t.mu.Lock()
	defer t.mu.Unlock()
	close(t.probing[route])
	delete(t.probing, route)
}
