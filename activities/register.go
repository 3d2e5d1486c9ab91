package activities

import (
	"cmp"
	"context"
	"slices"

	"heraut/content"
)

const (
	// registerAhead is how many users of a send are registered at once, so that
	// Apple gets few and full requests.
	registerAhead = 1000
	// registerTries bounds how often one run of an activity begins again, for
	// users of whom it turns out on the way that they need another request.
	registerTries = 4
)

// registerPage registers at Apple whom a page is about to invite, together
// with those who come after them, each at the own location.
func (a *Activities) registerPage(ctx context.Context, in PageInput) error {
	locations, err := a.locations(ctx)
	if err != nil {
		return err
	}
	return eachPlace(locations, func(location string) error {
		return a.registerAll(ctx, location, func() ([]content.NewAccount, error) { return a.ofPage(ctx, location, in) })
	})
}

// ofPage lists whom Apple has to register at a location for a page.
func (a *Activities) ofPage(ctx context.Context, location string, in PageInput) ([]content.NewAccount, error) {
	limit := max(registerAhead, 2*(in.To-in.From))
	list, within, err := a.Registrations.Unregistered(ctx, location, in.SendID, in.From, in.To, limit)
	if err != nil || within == 0 || len(list) < limit {
		return list, wrap(err, "listing whom Apple has to register")
	}
	batch, err := a.Books.BatchSize(ctx, location)
	if err != nil {
		return nil, a.appleAway(ctx, location, err)
	}
	// More follow: full requests only, but for this page.
	return list[:max(len(list)-len(list)%batch, within)], nil
}

// registerUser registers a user for whom something is due, at the user's
// location.
func (a *Activities) registerUser(ctx context.Context, userID string) error {
	locations, err := a.locations(ctx)
	if err != nil {
		return err
	}
	return eachPlace(locations, func(location string) error {
		return a.registerAll(ctx, location, func() ([]content.NewAccount, error) {
			account, needed, err := a.Registrations.UserUnregistered(ctx, location, userID)
			if err != nil || !needed {
				return nil, wrap(err, "looking whether Apple has to register user %s", userID)
			}
			return []content.NewAccount{account}, nil
		})
	})
}

// registerAll registers until nobody is listed.
func (a *Activities) registerAll(ctx context.Context, location string, list func() ([]content.NewAccount, error)) error {
	for range registerTries {
		accounts, err := list()
		if err != nil || len(accounts) == 0 {
			return err
		}
		err = a.withBooks(ctx, location, func(ctx context.Context) error {
			done, err := a.register(ctx, location, accounts)
			if err == nil && done.left {
				err = atWork(a.pace().Ask)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return atWork(a.pace().Ask)
}

// registered tells how far a registration came.
type registered struct {
	// left: Apple is still at work on some.
	left bool
	// enrolled counts users who were enrolled meanwhile.
	enrolled int
}

// register asks Apple for accounts and waits for them. What an earlier run has
// asked for is read before it is asked for again.
func (a *Activities) register(ctx context.Context, location string, accounts []content.NewAccount) (registered, error) {
	users := make([]string, len(accounts))
	for i, account := range accounts {
		users[i] = account.UserID
	}
	before, err := a.Registrations.Submitted(ctx, location, users)
	if err != nil {
		return registered{}, wrap(err, "looking what Apple works on")
	}
	w := awaiting{activities: a, location: location, users: users, asked: askedAt{}}
	if len(before) > 0 {
		if err := w.sync(ctx); err != nil {
			return w.registered, err
		}
	}
	if slices.ContainsFunc(before, func(r content.Registration) bool { return r.State == content.StateRetiring }) {
		if err := a.retire(ctx, location); err != nil {
			return w.registered, err
		}
	}
	if err := a.claimAndAsk(ctx, location, accounts, before); err != nil {
		return w.registered, err
	}
	w.left, err = w.run(ctx)
	return w.registered, err
}

// claimAndAsk asks for the accounts that nobody has asked for lately, request
// by request: a process that dies leaves only the last one unclear.
func (a *Activities) claimAndAsk(ctx context.Context, location string, accounts []content.NewAccount, before []content.Registration) error {
	batch, err := a.Books.BatchSize(ctx, location)
	if err != nil {
		return wrap(err, "reading Apple's limits")
	}
	accounts = askedFirst(accounts, before)
	var mine []content.NewAccount
	for len(accounts) > 0 {
		part := accounts[:min(batch-len(mine), len(accounts))]
		accounts = accounts[len(part):]
		claimed, err := a.Registrations.ClaimAccounts(ctx, location, part)
		if err != nil {
			return wrap(err, "claiming registrations")
		}
		if mine = append(mine, claimed...); len(mine) < batch && len(accounts) > 0 {
			continue
		}
		if err := a.ask(ctx, location, mine, a.Books.Register); err != nil {
			return err
		}
		mine = nil
	}
	return nil
}

// askedFirst puts those first for whom Apple was asked before: few of them can
// be claimed, and the others fill the requests.
func askedFirst(accounts []content.NewAccount, before []content.Registration) []content.NewAccount {
	asked := make(map[string]bool, len(before))
	for _, r := range before {
		asked[r.UserID] = true
	}
	var first, rest []content.NewAccount
	for _, account := range accounts {
		if asked[account.UserID] {
			first = append(first, account)
		} else {
			rest = append(rest, account)
		}
	}
	return append(first, rest...)
}

func (a *Activities) pace() Pace { return cmp.Or(a.Pace, ApplePace()) }
