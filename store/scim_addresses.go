package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// saveSCIMAddresses keeps by which addresses the client finds the user.
func saveSCIMAddresses(ctx context.Context, tx *Tx, userID string, p people.SCIMProfile) error {
	if _, err := tx.Exec(ctx, "DELETE FROM scim_addresses WHERE user_id = ?", userID); err != nil {
		return fmt.Errorf("forgetting the addresses of user %s: %w", userID, err)
	}
	for _, e := range p.Emails {
		if e.Value == "" {
			continue
		}
		_, err := tx.Exec(ctx, "INSERT INTO scim_addresses (address, user_id) VALUES (lower(?), ?) ON CONFLICT DO NOTHING", e.Value, userID)
		if err != nil {
			return fmt.Errorf("keeping an address of user %s: %w", userID, err)
		}
	}
	return nil
}
