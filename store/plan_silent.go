package store

import (
	"context"
	"fmt"

	"heraut/content"
	"heraut/invitation"
)

// insertSilent freezes the silent users of a plan.
func insertSilent(ctx context.Context, tx *Tx, planID string, users []string) error {
	rows := make([][]any, len(users))
	for i, user := range users {
		rows[i] = []any{planID, user}
	}
	if _, err := insertRows(ctx, tx, "plan_silent", []string{"plan_id", "user_id"}, rows, ""); err != nil {
		return fmt.Errorf("writing a plan's silent users: %w", err)
	}
	return nil
}

// silentRow is a user who is to be registered with a Managed Apple Account.
type silentRow struct {
	ID       string `db:"id"`
	Account  string `db:"managed_apple_account"`
	Location string `db:"location"`
}

// wantSilent notes that the silent users of a plan have to be registered at
// their locations with their Managed Apple Accounts, which enrolls them.
func (s *Store) wantSilent(ctx context.Context, tx *Tx, plan invitation.Plan) error {
	if plan.Totals.Silent == 0 {
		return nil
	}
	with, args := placed(scope{"IN (SELECT user_id FROM plan_silent WHERE plan_id = ?)", []any{plan.ID}})
	var list []silentRow
	err := tx.Select(ctx, &list, with+`SELECT u.id, u.managed_apple_account, p.location FROM placed p JOIN users u ON u.id = p.user_id
		WHERE u.deleted_at IS NULL AND p.location IS NOT NULL ORDER BY u.id`, args...)
	if err != nil {
		return fmt.Errorf("reading the silent users of plan %s: %w", plan.ID, err)
	}
	return s.wantAccounts(ctx, tx, list)
}

// wantAccounts notes that users have to be registered.
func (s *Store) wantAccounts(ctx context.Context, tx *Tx, list []silentRow) error {
	now, err := tx.Now(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	ids := map[string]func(string) string{}
	rows := make([][]any, len(list))
	for i, u := range list {
		if ids[u.Location] == nil {
			if ids[u.Location], err = s.clientIDs(ctx, tx, u.Location); err != nil {
				return err
			}
		}
		rows[i] = []any{u.Location, u.ID, ids[u.Location](u.ID), string(content.StateWanted), u.Account, now, now}
	}
	_, err = insertRows(ctx, tx, "registrations", columnList("location, user_id, client_user_id, state, managed_apple_account, created_at, updated_at"), rows,
		`ON CONFLICT (location, user_id) DO UPDATE SET managed_apple_account = excluded.managed_apple_account, updated_at = excluded.updated_at,
			state = CASE WHEN registrations.state = 'retiring' THEN registrations.state ELSE excluded.state END
		WHERE registrations.state <> 'associated'`)
	if err != nil {
		return fmt.Errorf("noting who has to be registered: %w", err)
	}
	return nil
}
