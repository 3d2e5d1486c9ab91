package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"heraut/content"
	"heraut/invitation"
)

// Distributed counts what one distribution did.
type Distributed struct {
	// Given and TakenBack count licenses that Apple gave and took back.
	Given     int `json:"given"`
	TakenBack int `json:"taken_back"`
	// Stopped are Apple's words where nothing works before an administrator acts.
	Stopped string `json:"stopped,omitempty"`
}

const (
	// assetsAtOnce is how many assets are under way beside each other; of each
	// there is one request at a time.
	assetsAtOnce = 4
	// distributeRounds bounds how often one run plans anew: what a round finds
	// out at Apple may leave licenses to take back.
	distributeRounds = 3
)

// Distribute gives the apps and books that enrolled users are promised, in the
// order of their acceptance, and takes back what they are promised no longer.
// Without a content token it does nothing. It may die anywhere: the next run
// settles what is open by what Apple says, before it asks for more.
func (a *Activities) Distribute(ctx context.Context) (Distributed, error) {
	defer heartbeat(ctx)()
	var d Distributed
	if a.Libraries == nil {
		return d, nil
	}
	library, ok, err := a.Libraries.OpenLibrary(ctx)
	if err == nil && ok {
		err = a.distribute(ctx, library, &d)
	}
	away, isAway := errors.AsType[*content.AwayError](err)
	switch {
	case isAway && away.Stop:
		a.Log.WarnContext(ctx, "licenses wait for an administrator", "answer", away.Answer)
		d.Stopped = away.Answer
		return d, nil
	case isAway:
		return d, a.booksDown(ctx, away)
	}
	return d, err
}

// booksDown notes that Apple is away, for everyone who asks there.
func (a *Activities) booksDown(ctx context.Context, away *content.AwayError) error {
	until, err := a.Ledger.RouteDown(ctx, invitation.RouteBooks, away.Answer)
	if err != nil {
		return fmt.Errorf("noting that route %s is down: %w", invitation.RouteBooks, err)
	}
	return routeDown(invitation.RouteBooks, away.Answer, max(untilDuration(until), away.RetryAfter))
}

func (a *Activities) distribute(ctx context.Context, library Library, d *Distributed) error {
	turn, err := a.Ledger.RouteTurn(ctx, invitation.RouteBooks, a.Owner)
	if err != nil {
		return fmt.Errorf("asking for route %s: %w", invitation.RouteBooks, err)
	}
	if !turn.Up && !turn.Probe {
		return routeDown(invitation.RouteBooks, turn.Reason, turn.Wait)
	}
	limit, err := a.mirror(ctx, library)
	if err != nil {
		return err
	}
	if turn.Probe {
		if err := a.Ledger.RouteUp(ctx, invitation.RouteBooks); err != nil {
			return fmt.Errorf("noting that route %s works: %w", invitation.RouteBooks, err)
		}
	}
	for range distributeRounds {
		if _, err := a.Licenses.PlanLicenses(ctx, library.Location()); err != nil {
			return err
		}
		work, err := a.Licenses.LicenseWork(ctx, library.Location())
		if err != nil || len(work) == 0 {
			return err
		}
		if err := a.distributeAll(ctx, library, limit, work, d); err != nil {
			return err
		}
	}
	return nil
}

// mirror keeps what the location owns, and tells how many users a request may
// name.
func (a *Activities) mirror(ctx context.Context, library Library) (limit int, err error) {
	var assets []content.Asset
	err = library.Assets(ctx, func(page []content.Asset) error {
		assets = append(assets, page...)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("reading apps and books: %w", err)
	}
	if err := a.Licenses.KeepAssets(ctx, library.Location(), assets); err != nil {
		return 0, err
	}
	limit, err = library.BatchSize(ctx)
	return limit, wrap(err, "reading the limits of Apps and Books")
}

// distributeAll goes through assets, some beside each other. After an error no
// other is begun.
func (a *Activities) distributeAll(ctx context.Context, library Library, limit int, work []content.LicenseWork, d *Distributed) error {
	var mu sync.Mutex
	var errs []error
	var workers sync.WaitGroup
	queue := make(chan content.AssetRef)
	for range min(len(work), assetsAtOnce) {
		workers.Go(func() {
			for ref := range queue {
				s := shelf{licenses: a.Licenses, library: library, ref: ref, most: limit, limit: limit, idle: map[content.BatchKind]bool{}}
				err := s.run(ctx)
				mu.Lock()
				d.Given, d.TakenBack = d.Given+s.given, d.TakenBack+s.takenBack
				if err != nil {
					errs = append(errs, fmt.Errorf("distributing asset %s: %w", ref.AdamID, err))
				}
				mu.Unlock()
			}
		})
	}
	failed := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(errs) > 0
	}
	for _, w := range work {
		if ctx.Err() != nil || failed() {
			break
		}
		queue <- w.AssetRef
	}
	close(queue)
	workers.Wait()
	if ctx.Err() != nil {
		errs = append(errs, fmt.Errorf("distributing: %w", context.Cause(ctx)))
	}
	return errors.Join(errs...)
}
