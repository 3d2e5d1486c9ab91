package activities

import (
	"context"
	"errors"
	"slices"

	"heraut/content"
)

// retire ends accounts at Apple that have to end, each of them once.
func (a *Activities) retire(ctx context.Context, location string) error {
	batch, err := a.Books.BatchSize(ctx, location)
	if err != nil {
		return wrap(err, "reading Apple's limits")
	}
	asked := map[string]bool{}
	for {
		accounts, err := a.Registrations.ClaimRetiring(ctx, location, batch)
		accounts = slices.DeleteFunc(accounts, func(account content.NewAccount) bool { return asked[account.UserID] })
		if err != nil || len(accounts) == 0 {
			return wrap(err, "listing accounts that end")
		}
		for _, account := range accounts {
			asked[account.UserID] = true
		}
		if err := a.retireSome(ctx, location, accounts); err != nil {
			return err
		}
	}
}

// retireSome ends accounts. Apple does a request whole or not at all: one that
// it refuses is made again without those whom it names or, where it names
// nobody, in halves, so that one account holds up no other.
func (a *Activities) retireSome(ctx context.Context, location string, accounts []content.NewAccount) error {
	_, gone, err := a.Books.Retire(ctx, location, accounts)
	if applied := a.gone(ctx, location, gone); applied != nil {
		return errors.Join(err, applied)
	}
	refused, is := errors.AsType[*content.RefusedError](err)
	if !is {
		return wrap(err, "ending accounts")
	}
	rest, named := partition(accounts, gone, refused.Users)
	switch {
	case len(named) > 0:
		err = a.notRetired(ctx, location, named, refused.Answer)
	case len(rest) == 1:
		return a.notRetired(ctx, location, rest, refused.Answer)
	default:
		err = a.retireSome(ctx, location, rest[:len(rest)/2])
		rest = rest[len(rest)/2:]
	}
	if err != nil || len(rest) == 0 {
		return err
	}
	return a.retireSome(ctx, location, rest)
}

// partition leaves out who is gone, and tells apart whom Apple names.
func partition(accounts []content.NewAccount, gone, names []string) (rest, named []content.NewAccount) {
	for _, account := range accounts {
		switch {
		case slices.Contains(gone, account.ClientUserID):
		case slices.Contains(names, account.ClientUserID):
			named = append(named, account)
		default:
			rest = append(rest, account)
		}
	}
	return rest, named
}

// gone takes over that Apple does not know accounts any more.
func (a *Activities) gone(ctx context.Context, location string, ids []string) error {
	ended := make([]content.Account, len(ids))
	for i, id := range ids {
		ended[i] = content.Account{ClientUserID: id, State: content.Retired}
	}
	_, err := a.apply(ctx, location, ended)
	return err
}

// notRetired notes why accounts have not ended; a later look asks again.
func (a *Activities) notRetired(ctx context.Context, location string, accounts []content.NewAccount, answer string) error {
	users := make([]string, len(accounts))
	for i, account := range accounts {
		users[i] = account.UserID
	}
	a.Log.WarnContext(ctx, "Apple does not end accounts.", "location", location, "accounts", len(users))
	return wrap(a.Registrations.RefuseRetiring(ctx, location, users, answer), "noting whose accounts Apple did not end")
}
