package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
)

// retire notes that the accounts of users have to end at Apple: they were
// deleted, or their enrollment was.
func retire(ctx context.Context, tx *Tx, users []string) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(users, maxIn) {
		in, args := inClause("user_id", part)
		_, err := tx.Exec(ctx, `UPDATE registrations SET state = 'retiring', managed_apple_account = '', invite_code = '', event_id = '', submitted_at = NULL, updated_at = ?
			WHERE state IN ('submitted', 'registered', 'associated') AND `+in, append([]any{now}, args...)...)
		if err != nil {
			return fmt.Errorf("noting whose accounts end: %w", err)
		}
	}
	return nil
}

// ClaimRetiring takes accounts that have to end at Apple, at most limit, and
// notes that Apple is asked now; see ClaimAccounts. Those come first for whom
// Apple was not asked, or longest ago: who is refused holds up nobody. While a
// restore holds them back there are none.
func (s *Store) ClaimRetiring(ctx context.Context, location string, limit int) ([]content.NewAccount, error) {
	var rows []registrationRow
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows = nil
		if wait, err := heldBack(ctx, tx); err != nil || wait {
			return err
		}
		return tx.Select(ctx, &rows, `UPDATE registrations SET submitted_at = ?, updated_at = ? WHERE location = ? AND state = 'retiring' AND user_id IN (
				SELECT user_id FROM registrations WHERE location = ? AND state = 'retiring' AND (submitted_at IS NULL OR submitted_at < ?)
				ORDER BY CASE WHEN submitted_at IS NULL THEN 0 ELSE 1 END, submitted_at, user_id LIMIT ?) RETURNING user_id, client_user_id`, now, now, location, location, At(now.Add(-content.Lost)), limit)
	})
	if err != nil {
		return nil, fmt.Errorf("claiming accounts that end: %w", err)
	}
	list := make([]content.NewAccount, len(rows))
	for i, r := range rows {
		list[i] = content.NewAccount{UserID: r.UserID, ClientUserID: r.ClientUserID}
	}
	return list, nil
}

// RefuseRetiring notes why Apple has not ended accounts, in its words; they are
// claimed again after a while.
func (s *Store) RefuseRetiring(ctx context.Context, location string, users []string, answer string) error {
	users = slices.Sorted(slices.Values(users))
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(users, maxIn) {
			in, args := inClause("user_id", part)
			_, err := tx.Exec(ctx, "UPDATE registrations SET last_answer = ?, updated_at = ? WHERE location = ? AND state = 'retiring' AND "+in,
				append([]any{answer, now, location}, args...)...)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting whose accounts Apple did not end: %w", err)
	}
	return nil
}
