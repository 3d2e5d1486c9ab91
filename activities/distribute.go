package activities

import (
	"context"
	"fmt"

	"heraut/content"
)

// Distributed counts licenses that Apple gave and took back.
type Distributed struct {
	Given     int `json:"given"`
	TakenBack int `json:"taken_back"`
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
	libraries, opened := a.Libraries.OpenLibraries(ctx)
	err := eachOnSchedule(libraries, a.LookEvery, func(library Library) error {
		return a.withBooks(ctx, library.Location(), func(ctx context.Context) error { return a.distribute(ctx, library, &d) })
	})
	if err == nil {
		err = wrap(opened, "opening the libraries of content tokens")
	}
	if d != (Distributed{}) {
		a.Log.InfoContext(ctx, "Licenses were distributed.", "given", d.Given, "taken_back", d.TakenBack)
	}
	return d, err
}

func (a *Activities) distribute(ctx context.Context, library Library, d *Distributed) error {
	limit, err := a.mirror(ctx, library)
	if err != nil {
		return err
	}
	defer a.nameAssets(ctx, library) // licenses first: nobody waits for a name
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
