package activities

import (
	"context"
	"errors"
	"slices"

	"heraut/content"
)

// asking is a request for accounts.
type asking = func(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error)

// ask makes requests for claimed accounts, as full as Apple allows.
func (a *Activities) ask(ctx context.Context, location string, accounts []content.NewAccount, request asking) error {
	if len(accounts) == 0 {
		return nil
	}
	batch, err := a.Books.BatchSize(ctx, location)
	if err != nil {
		return a.giveBack(ctx, location, accounts, err)
	}
	for len(accounts) > 0 {
		part := accounts[:min(batch, len(accounts))]
		accounts = accounts[len(part):]
		taken, err := request(ctx, location, part)
		for _, one := range taken {
			if err := a.Registrations.SubmitAccounts(ctx, location, one.Accounts, one.EventID); err != nil {
				return wrap(err, "noting what Apple works on")
			}
			part = without(part, one.Accounts)
		}
		if refused, is := errors.AsType[*content.RefusedError](err); is {
			accounts, err = a.refused(ctx, location, part, accounts, refused)
		}
		if err != nil {
			return a.giveBack(ctx, location, append(part, accounts...), err)
		}
	}
	return nil
}

func without(accounts, done []content.NewAccount) []content.NewAccount {
	return slices.DeleteFunc(slices.Clone(accounts), func(a content.NewAccount) bool { return slices.Contains(done, a) })
}

// refused notes whom Apple refuses to work on at all, and returns who is to be
// asked for once more, without them. Where Apple names nobody, nobody of the
// part is.
func (a *Activities) refused(ctx context.Context, location string, part, rest []content.NewAccount, r *content.RefusedError) ([]content.NewAccount, error) {
	named := func(account content.NewAccount) bool { return slices.Contains(r.Users, account.ClientUserID) }
	good := slices.ContainsFunc(part, named)
	var refusals []content.Refusal
	for _, account := range part {
		switch {
		case !good || named(account):
			refusals = append(refusals, content.Refusal{UserID: account.UserID, Answer: r.Answer, ForGood: good})
		default:
			rest = append(rest, account)
		}
	}
	applied, err := a.Registrations.RefuseAccounts(ctx, location, refusals)
	if err != nil {
		return rest, wrap(err, "noting whom Apple did not register")
	}
	a.tell(ctx, applied)
	return rest, nil
}

// giveBack takes claims back where Apple has certainly done nothing. Where that
// is not known they stay, and are looked up before anybody asks again.
func (a *Activities) giveBack(ctx context.Context, location string, accounts []content.NewAccount, reason error) error {
	away, is := errors.AsType[*content.AwayError](reason)
	if !is || away.Unsure || ctx.Err() != nil {
		return reason
	}
	return errors.Join(reason, wrap(a.Registrations.ReleaseAccounts(ctx, location, accounts), "giving registrations back"))
}
