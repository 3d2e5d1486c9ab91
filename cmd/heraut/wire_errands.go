package main

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"heraut/invitation"
	"heraut/workflows"
)

// errands are calls to the engine that did not get through: it was away, or
// slower than the person who waited for the page. The store has decided by
// then. They are tried again, so that an answer takes effect once the engine
// is back, and not with the next Reconcile; that finds what a process leaves
// behind, and what is too much or too old to remember.
type errands struct {
	log *slog.Logger

	mu    sync.Mutex
	open  map[string]*errand
	added chan struct{}
}

type errand struct {
	do    func(context.Context) error
	until time.Time
}

const (
	// mostErrands bounds the memory that an engine's absence takes.
	mostErrands = 50_000
	// errandLife is longer than Reconcile takes to come by.
	errandLife = 10 * time.Minute
	// errandTry is how long one try may take; a page waits less.
	errandTry = 15 * time.Second
	// The pauses between tries double from the first to the longest.
	errandPause, errandPauseMost = time.Second, 15 * time.Second
	// errandsAtOnce spare an engine that has just come back.
	errandsAtOnce = 8
)

func newErrands(log *slog.Logger) *errands {
	return &errands{log: log, open: map[string]*errand{}, added: make(chan struct{}, 1)}
}

// try calls do, and keeps it for later when it fails. The key tells calls
// apart: of two that say the same, one is enough.
func (e *errands) try(ctx context.Context, key string, do func(context.Context) error) error {
	err := do(ctx)
	if err != nil {
		e.add(key, &errand{do: do, until: time.Now().Add(errandLife)})
	}
	return err
}

func (e *errands) add(key string, one *errand) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, known := e.open[key]; !known && len(e.open) >= mostErrands {
		return
	}
	e.open[key] = one
	select {
	case e.added <- struct{}{}:
	default: // the runner has yet to see the one before
	}
}

// run tries again until ctx ends.
func (e *errands) run(ctx context.Context) {
	for {
		select {
		case <-e.added:
		case <-ctx.Done():
			return
		}
		for pause := errandPause; ; pause = min(2*pause, errandPauseMost) {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
			if e.round(ctx) == 0 {
				break
			}
		}
	}
}

// round tries each errand once and tells how many are left.
func (e *errands) round(ctx context.Context) (left int) {
	e.mu.Lock()
	batch := maps.Clone(e.open)
	e.mu.Unlock()
	var calls errgroup.Group
	calls.SetLimit(errandsAtOnce)
	for _, key := range slices.Sorted(maps.Keys(batch)) {
		calls.Go(func() error {
			e.again(ctx, key, batch[key])
			return nil
		})
	}
	_ = calls.Wait() // none returns an error
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.open)
}

func (e *errands) again(ctx context.Context, key string, one *errand) {
	attempt, cancel := context.WithTimeout(ctx, errandTry)
	defer cancel()
	err := one.do(attempt)
	if err != nil && time.Now().Before(one.until) {
		return
	}
	if err != nil {
		e.log.WarnContext(ctx, "The engine could not be told; Reconcile will find it.", "errand", key, "error", err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open[key] == one { // and not one that came meanwhile
		delete(e.open, key)
	}
}

// patientEngine keeps calls that fail as errands.
type patientEngine struct {
	*workflows.Client
	errands *errands
}

// StartUser implements api.Engine.
func (p patientEngine) StartUser(ctx context.Context, s invitation.Start) error {
	return p.errands.try(ctx, "start user "+s.UserID, func(ctx context.Context) error { return p.Client.StartUser(ctx, s) })
}

// StartGroup implements api.Engine.
func (p patientEngine) StartGroup(ctx context.Context, sendID string) error {
	return p.errands.try(ctx, "start send "+sendID, func(ctx context.Context) error { return p.Client.StartGroup(ctx, sendID) })
}

// StartBulk implements api.Engine.
func (p patientEngine) StartBulk(ctx context.Context, bulkID string) error {
	return p.errands.try(ctx, "start bulk "+bulkID, func(ctx context.Context) error { return p.Client.StartBulk(ctx, bulkID) })
}

// WakeUser implements api.Engine and portal.Workflows.
func (p patientEngine) WakeUser(ctx context.Context, userID string) error {
	return p.errands.try(ctx, "wake user "+userID, func(ctx context.Context) error { return p.Client.WakeUser(ctx, userID) })
}

// WakeGroup implements api.Engine.
func (p patientEngine) WakeGroup(ctx context.Context, sendID string) error {
	return p.errands.try(ctx, "wake send "+sendID, func(ctx context.Context) error { return p.Client.WakeGroup(ctx, sendID) })
}

// WatchNow makes the schedule that asks Apple run at once.
func (p patientEngine) WatchNow(ctx context.Context) error {
	return p.errands.try(ctx, "watch acceptances", p.Client.WatchNow)
}

// DistributeNow implements api.Engine.
func (p patientEngine) DistributeNow(ctx context.Context) error {
	return p.errands.try(ctx, "distribute content", p.Client.DistributeNow)
}
