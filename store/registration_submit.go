package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/content"
)

// claimColumns are what a claim writes; perClaim rows of them fit a statement.
const (
	claimColumns = "location, user_id, client_user_id, state, managed_apple_account, submitted_at, created_at, updated_at"
	perClaim     = maxParams/8 - 1
)

// ClaimAccounts notes that Apple is asked now for those of the accounts for
// whom nobody else has asked lately, and returns them with the ids by which
// Apple may know them already. Whoever dies after this has not lost them:
// they come back after content.Lost.
func (s *Store) ClaimAccounts(ctx context.Context, location string, accounts []content.NewAccount) ([]content.NewAccount, error) {
	accounts = slices.SortedFunc(slices.Values(accounts), func(a, b content.NewAccount) int { return strings.Compare(a.UserID, b.UserID) })
	var mine []content.NewAccount
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		mine = nil
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(accounts, perClaim) {
			some, err := tx.claimAccounts(ctx, location, part, now)
			if err != nil {
				return err
			}
			mine = append(mine, some...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming registrations: %w", err)
	}
	return mine, nil
}

func (tx *Tx) claimAccounts(ctx context.Context, location string, accounts []content.NewAccount, now Time) ([]content.NewAccount, error) {
	args := make([]any, 0, maxParams)
	for _, a := range accounts {
		args = append(args, location, a.UserID, a.ClientUserID, string(content.StateSubmitted), a.ManagedAppleAccount, now, now, now)
	}
	args = append(args, stuckSince(now.Time), lostSince(now.Time))
	var rows []registrationRow
	err := tx.Select(ctx, &rows, "INSERT INTO registrations ("+claimColumns+") VALUES "+tuples(len(accounts), 8)+`
		ON CONFLICT (location, user_id) DO UPDATE SET state = excluded.state,
			managed_apple_account = CASE WHEN registrations.state IN ('wanted', 'submitted') THEN registrations.managed_apple_account ELSE excluded.managed_apple_account END,
			event_id = '', submitted_at = excluded.submitted_at, updated_at = excluded.updated_at
		WHERE registrations.state IN ('wanted', 'retired') OR registrations.state = 'refused' AND registrations.refused_account <> ''
			OR registrations.state = 'submitted' AND (registrations.submitted_at < ?
				OR registrations.event_id = '' AND registrations.submitted_at < ?)
		RETURNING user_id, client_user_id, managed_apple_account`, args...)
	if err != nil {
		return nil, fmt.Errorf("writing registrations: %w", err)
	}
	claimed := make([]content.NewAccount, len(rows))
	for i, r := range rows {
		claimed[i] = content.NewAccount{UserID: r.UserID, ClientUserID: r.ClientUserID, ManagedAppleAccount: r.ManagedAccount}
	}
	return claimed, nil
}

// SubmitAccounts notes the event that Apple works on for claimed accounts.
func (s *Store) SubmitAccounts(ctx context.Context, location string, accounts []content.NewAccount, eventID string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(usersIn(accounts), maxIn) {
			in, args := inClause("user_id", part)
			_, err := tx.Exec(ctx, "UPDATE registrations SET event_id = ?, submitted_at = ?, updated_at = ? WHERE location = ? AND state = 'submitted' AND "+in,
				append([]any{eventID, now, now, location}, args...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting an event at Apple: %w", err)
	}
	return nil
}

func usersIn(accounts []content.NewAccount) []string {
	users := make([]string, len(accounts))
	for i, a := range accounts {
		users[i] = a.UserID
	}
	slices.Sort(users)
	return users
}

// ReleaseAccounts takes back claims for whom Apple was not asked, after all.
func (s *Store) ReleaseAccounts(ctx context.Context, location string, accounts []content.NewAccount) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(usersIn(accounts), maxIn) {
			in, args := inClause("user_id", part)
			_, err := tx.Exec(ctx, "UPDATE registrations SET state = 'wanted', event_id = '', submitted_at = NULL, updated_at = ? WHERE location = ? AND state = 'submitted' AND "+in,
				append([]any{now, location}, args...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking back registrations: %w", err)
	}
	return nil
}

// Submitted lists those of users for whose account, or its end, Apple was or
// is to be asked and has not told the end.
func (s *Store) Submitted(ctx context.Context, location string, users []string) ([]content.Registration, error) {
	var list []content.Registration
	for part := range slices.Chunk(users, maxIn) {
		var rows []registrationRow
		in, args := inClause("user_id", part)
		err := s.reader().Select(ctx, &rows, "SELECT "+registrationColumns+" FROM registrations WHERE location = ? AND state IN ('submitted', 'retiring') AND "+in+" ORDER BY user_id",
			append([]any{location}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading what Apple works on: %w", err)
		}
		for _, r := range rows {
			list = append(list, r.registration())
		}
	}
	return list, nil
}
