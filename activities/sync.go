package activities

import (
	"context"
	"errors"
	"slices"
	"time"

	"heraut/content"
)

const (
	// fullReading is how often all accounts are read, to find what a reading of
	// changes alone has missed.
	fullReading = 24 * time.Hour
	// applyAtOnce is how many accounts one transaction takes over.
	applyAtOnce = 500
)

// readings lets one activity of a process read accounts at a time.
type readings struct {
	turn chan struct{}
	// began is when the last reading began that came to its end.
	began map[string]time.Time
}

// sync takes over what has changed at Apple. A reading that began after the
// call is the call's too.
func (a *Activities) sync(ctx context.Context, location string) (content.Applied, error) {
	asked := time.Now()
	reading := a.readings()
	select {
	case reading.turn <- struct{}{}:
		defer func() { <-reading.turn }()
	case <-ctx.Done():
		return content.Applied{}, wrap(context.Cause(ctx), "waiting for a reading")
	}
	if reading.began[location].After(asked) {
		return content.Applied{}, nil
	}
	began := time.Now()
	applied, err := a.read(ctx, location)
	if err == nil {
		reading.began[location] = began
	}
	return applied, err
}

// read reads what has changed since the last reading, or all.
func (a *Activities) read(ctx context.Context, location string) (content.Applied, error) {
	cursor, err := a.Registrations.UsersVersion(ctx, location)
	if err != nil {
		return content.Applied{}, wrap(err, "looking how far accounts were read")
	}
	if time.Since(cursor.FullAt) > fullReading {
		cursor.Version = ""
	}
	accounts, version, err := a.accounts(ctx, location, cursor.Version)
	if errors.Is(err, content.ErrBadVersion) {
		cursor.Version = ""
		accounts, version, err = a.accounts(ctx, location, "")
	}
	if err != nil {
		return content.Applied{}, err
	}
	applied, err := a.apply(ctx, location, accounts)
	if err != nil {
		return applied, err
	}
	return applied, wrap(a.Registrations.KeepUsersVersion(ctx, location, version, cursor.Version == ""), "keeping how far accounts were read")
}

// accounts reads accounts into a list, since who is active counts only by the
// whole of it.
func (a *Activities) accounts(ctx context.Context, location, since string) (list []content.Account, version string, err error) {
	version, err = a.Books.Accounts(ctx, location, since, func(page []content.Account) error {
		list = append(list, page...)
		return nil
	})
	return content.Current(list), version, wrap(err, "reading accounts")
}

// apply takes over accounts and tells the workflows that wait for them.
func (a *Activities) apply(ctx context.Context, location string, accounts []content.Account) (content.Applied, error) {
	var all content.Applied
	for part := range slices.Chunk(accounts, applyAtOnce) {
		applied, err := a.Registrations.ApplyAccounts(ctx, location, part)
		if err != nil {
			return all, wrap(err, "taking over accounts")
		}
		all.Enrolled = append(all.Enrolled, applied.Enrolled...)
		all.Retired += applied.Retired
		a.tell(ctx, applied)
	}
	return all, nil
}

// tell wakes the workflows of users and sends. It is a kindness: what the store
// has decided stands, and Reconcile finds whom a lost signal concerns.
func (a *Activities) tell(ctx context.Context, applied content.Applied) {
	err := a.wakeAll(ctx, applied.Wake)
	for _, send := range applied.SettledSends {
		err = errors.Join(err, a.Users.WakeGroup(ctx, send))
	}
	if a.Distributor != nil && len(applied.Enrolled)+applied.Retired > 0 {
		err = errors.Join(err, a.Distributor.DistributeNow(ctx))
	}
	if err != nil {
		a.Log.WarnContext(ctx, "Workflows were not told of acceptances.", "error", err)
	}
}
