package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"heraut/content"
)

// round goes once through the assets of a location about which Apple has to be
// asked.
type round struct {
	activities *Activities
	library    Library
	limit      int // how many users a request may name

	mu   sync.Mutex
	done Distributed
	errs []error
	// over: no other asset is begun.
	over bool
}

// distributeAll goes through assets, some beside each other. One that fails
// keeps none of the others from being tried, unless the route is down.
func (a *Activities) distributeAll(ctx context.Context, library Library, limit int, work []content.LicenseWork, d *Distributed) error {
	r := round{activities: a, library: library, limit: limit}
	var workers sync.WaitGroup
	queue := make(chan content.AssetRef)
	for range min(len(work), assetsAtOnce) {
		workers.Go(func() {
			for ref := range queue {
				r.asset(ctx, ref)
			}
		})
	}
	for _, w := range work {
		if ctx.Err() != nil || r.isOver() {
			break
		}
		queue <- w.AssetRef
	}
	close(queue)
	workers.Wait()
	d.Given, d.TakenBack = d.Given+r.done.Given, d.TakenBack+r.done.TakenBack
	if ctx.Err() != nil {
		r.errs = append(r.errs, fmt.Errorf("distributing: %w", context.Cause(ctx)))
	}
	return errors.Join(r.errs...)
}

func (r *round) isOver() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.over
}

// asset gives and takes back one asset.
func (r *round) asset(ctx context.Context, ref content.AssetRef) {
	s := shelf{
		licenses: r.activities.Licenses, library: r.library, ref: ref, most: r.limit, limit: r.limit, idle: map[content.BatchKind]bool{},
	}
	err := s.run(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done.Given, r.done.TakenBack = r.done.Given+s.given, r.done.TakenBack+s.takenBack
	if err == nil {
		return
	}
	away, is := errors.AsType[*content.AwayError](err)
	switch {
	case !is:
		err = fmt.Errorf("distributing asset %s: %w", ref.AdamID, err)
	case away.Alone:
		// Not wrapped: the route is not down because of one asset.
		err = fmt.Errorf("distributing asset %s: %s", ref.AdamID, away.Answer)
	default:
		r.over = true
		err = fmt.Errorf("distributing asset %s: %w", ref.AdamID, err)
	}
	r.errs = append(r.errs, err)
}
