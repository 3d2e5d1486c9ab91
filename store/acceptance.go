package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
)

// ApplyAccounts takes over what Apple says of accounts, in Apple's order: who
// is registered gets the invite code, who is associated has accepted, who is
// retired can be registered anew. What it knows already, and whom it does not
// know, it leaves. One transaction; repeating it changes nothing more.
func (s *Store) ApplyAccounts(ctx context.Context, location string, accounts []content.Account) (content.Applied, error) {
	var applied content.Applied
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		applied = content.Applied{}
		a := applier{tx: tx, location: location, applied: &applied}
		return a.run(ctx, accounts)
	})
	if err != nil {
		return content.Applied{}, fmt.Errorf("taking over accounts of location %s: %w", location, err)
	}
	return applied, nil
}

// applier applies accounts in one transaction.
type applier struct {
	tx       *Tx
	location string
	now      Time
	order    int64 // of the latest acceptance
	living   map[string]bool
	// recoded are the users who got an invite code.
	recoded []string
	applied *content.Applied
}

// move is an account that says something new about a registration.
type move struct {
	row     registrationRow
	account content.Account
}

func (a *applier) run(ctx context.Context, accounts []content.Account) error {
	accounts = content.Current(accounts)
	moves, err := a.moves(ctx, accounts)
	if err != nil || len(moves) == 0 {
		return err
	}
	if err := a.take(ctx, moves); err != nil {
		return err
	}
	// Now that everything is taken, what was read before may have changed.
	if moves, err = a.moves(ctx, accounts); err != nil {
		return err
	}
	var accepted []string
	for _, m := range moves {
		if err := a.one(ctx, m); err != nil {
			return fmt.Errorf("for user %s: %w", m.row.UserID, err)
		}
		if m.account.State == content.Associated && a.living[m.row.UserID] {
			accepted = append(accepted, m.row.UserID)
		}
	}
	due, err := a.tx.codeChanged(ctx, a.recoded)
	if err != nil {
		return err
	}
	a.applied.Wake = due
	return a.accept(ctx, accepted)
}

// take locks the location, so that acceptances are recorded one after the
// other, and then the users.
func (a *applier) take(ctx context.Context, moves []move) error {
	_, err := a.tx.Exec(ctx, "INSERT INTO locations (location) VALUES (?) ON CONFLICT (location) DO NOTHING", a.location)
	if err != nil {
		return fmt.Errorf("noting a location: %w", err)
	}
	if err := a.tx.Get(ctx, &a.order, "SELECT accepted FROM locations WHERE location = ?"+a.tx.forUpdate("locations"), a.location); err != nil {
		return fmt.Errorf("taking a location: %w", err)
	}
	users := make([]string, len(moves))
	for i, m := range moves {
		users[i] = m.row.UserID
	}
	slices.Sort(users)
	users = slices.Compact(users)
	if err := a.tx.lock(ctx, "users", users); err != nil {
		return err
	}
	if a.now, err = a.tx.Now(ctx); err != nil {
		return err
	}
	a.living = make(map[string]bool, len(users))
	for part := range slices.Chunk(users, maxIn) {
		var living []string
		in, args := inClause("id", part)
		if err := a.tx.Select(ctx, &living, "SELECT id FROM users WHERE deleted_at IS NULL AND "+in, args...); err != nil {
			return fmt.Errorf("reading users: %w", err)
		}
		for _, id := range living {
			a.living[id] = true
		}
	}
	return nil
}

// moves keeps, in their order, the accounts that say something new.
func (a *applier) moves(ctx context.Context, accounts []content.Account) ([]move, error) {
	ids := make([]string, len(accounts))
	for i, account := range accounts {
		ids[i] = account.ClientUserID
	}
	known := make(map[string]registrationRow, len(ids))
	for part := range slices.Chunk(ids, maxIn) {
		var rows []registrationRow
		in, args := inClause("client_user_id", part)
		err := a.tx.Select(ctx, &rows, "SELECT "+registrationColumns+" FROM registrations WHERE location = ? AND "+in, append([]any{a.location}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading registrations: %w", err)
		}
		for _, row := range rows {
			known[row.ClientUserID] = row
		}
	}
	var moves []move
	for _, account := range accounts {
		row, ours := known[account.ClientUserID]
		if !ours {
			continue
		}
		if a.learns(row, account) {
			moves = append(moves, move{row, account})
			delete(known, account.ClientUserID) // once is enough
		}
	}
	return moves, nil
}

// learns tells whether an account says something new. Readings may overtake
// each other: an open code is older news than the acceptance with it.
func (a *applier) learns(row registrationRow, account content.Account) bool {
	switch account.State {
	case content.Registered:
		// Without a code nobody can accept: the code comes with a later reading.
		return account.InviteCode != "" && a.learnsCode(row, account)
	case content.Associated:
		return row.State != content.StateAssociated && row.State != content.StateRetiring
	default:
		return slices.Contains([]content.RegistrationState{content.StateRegistered, content.StateAssociated, content.StateRetiring}, row.State)
	}
}

// learnsCode tells whether an open account is news. With a Managed Apple
// Account it is not: that has to be told to Apple still.
func (a *applier) learnsCode(row registrationRow, account content.Account) bool {
	switch row.State {
	case content.StateWanted, content.StateSubmitted:
		return row.ManagedAccount == ""
	case content.StateRetired, content.StateRefused:
		return true
	case content.StateRegistered, content.StateAssociated:
		code, err := a.tx.store.openCode(row)
		if err != nil {
			code = "" // sealed with a key that was retired since: Apple tells it again
		}
		return code != account.InviteCode && (code != "" || row.State == content.StateRegistered)
	default:
		return false
	}
}

func (a *applier) one(ctx context.Context, m move) error {
	switch m.account.State {
	case content.Registered:
		return a.registered(ctx, m)
	case content.Associated:
		return a.associated(ctx, m)
	default:
		return a.retired(ctx, m)
	}
}
