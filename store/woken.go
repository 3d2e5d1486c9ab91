package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
)

// NoteWokenUsers keeps for which due moments users' workflows were told.
func (s *Store) NoteWokenUsers(ctx context.Context, woken []invitation.Told) error {
	rows := make([][]any, len(woken))
	for i, w := range inOrder(woken) {
		rows[i] = []any{w.ID, At(w.For)}
	}
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := insertRows(ctx, tx, "woken_users", []string{"user_id", "due_at"}, rows, "ON CONFLICT (user_id) DO UPDATE SET due_at = excluded.due_at")
		return err
	})
	if err != nil {
		return fmt.Errorf("noting %d users as told: %w", len(woken), err)
	}
	return nil
}

// NoteWokenSends keeps for the end of which pauses sends' workflows were told.
func (s *Store) NoteWokenSends(ctx context.Context, woken []invitation.Told) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, w := range inOrder(woken) {
			if _, err := tx.Exec(ctx, "UPDATE sends SET woken_for = ? WHERE id = ?", At(w.For), w.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting %d sends as told: %w", len(woken), err)
	}
	return nil
}

// inOrder sorts by id, so that two who write wait for each other in one order.
func inOrder(woken []invitation.Told) []invitation.Told {
	return slices.SortedFunc(slices.Values(woken), func(a, b invitation.Told) int { return cmp.Compare(a.ID, b.ID) })
}
