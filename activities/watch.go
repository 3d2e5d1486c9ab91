package activities

import "context"

// WatchResult counts what a look at Apple has found.
type WatchResult struct {
	// Enrolled are users whose acceptance was recorded.
	Enrolled int `json:"enrolled"`
	// Retired are accounts that have ended.
	Retired int `json:"retired"`
	// Registered are users for whom Apple was asked without a delivery.
	Registered int `json:"registered"`
	// Moved are accounts of users who belong to another location now.
	Moved int `json:"moved,omitempty"`
}

// watchPage is how many users the watch has registered at once.
const watchPage = 500

// WatchAcceptances learns from Apple who has accepted, at each location that
// has a content token, ends the accounts that have to end, and registers whom
// no delivery registers. Before that it ends what users have at locations that
// they have left. Without a content token it does nothing. While Apple is away
// it is the probe.
func (a *Activities) WatchAcceptances(ctx context.Context) (WatchResult, error) {
	defer heartbeat(ctx)()
	var result WatchResult
	locations, err := a.locations(ctx)
	if err != nil || len(locations) == 0 {
		return result, err
	}
	if result.Moved, err = a.Registrations.MoveAccounts(ctx); err != nil {
		return result, wrap(err, "looking who has left a location")
	}
	err = eachOnSchedule(locations, a.LookEvery, func(location string) error {
		return a.withBooks(ctx, location, func(ctx context.Context) error { return a.watch(ctx, location, &result) })
	})
	return result, err
}

func (a *Activities) watch(ctx context.Context, location string, result *WatchResult) error {
	applied, err := a.sync(ctx, location)
	result.Enrolled += len(applied.Enrolled)
	result.Retired += applied.Retired
	if err != nil {
		return err
	}
	if err := a.retire(ctx, location); err != nil {
		return err
	}
	return a.registerWanted(ctx, location, result)
}

// registerWanted registers whom no delivery registers. What Apple is still at
// work on, the next look finds.
func (a *Activities) registerWanted(ctx context.Context, location string, result *WatchResult) error {
	for {
		wanted, err := a.Registrations.WantedAccounts(ctx, location, watchPage)
		if err != nil || len(wanted) == 0 {
			return wrap(err, "listing whom Apple has to register")
		}
		done, err := a.register(ctx, location, wanted)
		result.Registered += len(wanted)
		result.Enrolled += done.enrolled
		if err != nil || done.left || len(wanted) < watchPage {
			return err
		}
	}
}
