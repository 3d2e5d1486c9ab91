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

// wantSilent notes that the silent users of a plan have to be registered at
// Apple with their Managed Apple Accounts, which enrolls them.
func (s *Store) wantSilent(ctx context.Context, tx *Tx, plan invitation.Plan, now Time) error {
	if plan.Totals.Silent == 0 {
		return nil
	}
	location, err := contentLocation(ctx, tx)
	if err != nil || location == "" {
		return err
	}
	var users []struct {
		ID      string `db:"id"`
		Account string `db:"managed_apple_account"`
	}
	err = tx.Select(ctx, &users, `SELECT u.id, u.managed_apple_account FROM plan_silent p JOIN users u ON u.id = p.user_id
		WHERE p.plan_id = ? AND u.deleted_at IS NULL ORDER BY u.id`, plan.ID)
	if err != nil {
		return fmt.Errorf("reading the silent users of plan %s: %w", plan.ID, err)
	}
	rows := make([][]any, len(users))
	for i, u := range users {
		rows[i] = []any{location, u.ID, s.clientUserID(u.ID), string(content.StateWanted), u.Account, now, now}
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
