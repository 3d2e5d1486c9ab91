package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// adoptable finds the one person who is there already and whom a new user of a
// SCIM client must be: the one with the same external id, else the one with
// the same address whom no other source brings. Where several have that
// address it finds nobody. Who is brought by a SCIM client or
// comes from a directory is never found.
func adoptable(ctx context.Context, tx *Tx, u people.SCIMUser) (user people.User, found bool, err error) {
	if u.ExternalID != "" {
		same, err := namesakes(ctx, tx, "external_id = ?", u.ExternalID)
		if err != nil {
			return user, false, err
		}
		if len(same) > 0 {
			return same[0].user(), !same[0].Brought, nil
		}
	}
	email := u.Apply(people.User{}).Clean().Email
	if email == "" {
		return user, false, nil
	}
	same, err := namesakes(ctx, tx, "lower(email) = lower(?) AND email <> ''", email)
	if err != nil || len(same) != 1 {
		return user, false, err
	}
	return same[0].user(), !same[0].Brought && same[0].Source == "", nil
}

type namesakeRow struct {
	userRow

	Source  string `db:"source"`
	Brought bool   `db:"brought"`
}

// namesakes reads the users of whom the condition holds, two at most.
func namesakes(ctx context.Context, tx *Tx, condition, value string) ([]namesakeRow, error) {
	var rows []namesakeRow
	err := tx.Select(ctx, &rows, "SELECT "+userColumns+`, source, EXISTS (SELECT 1 FROM scim_users WHERE user_id = users.id)
			OR EXISTS (SELECT 1 FROM directory_users WHERE user_id = users.id) AS brought
		FROM users WHERE deleted_at IS NULL AND `+condition+" ORDER BY id LIMIT 2", value)
	if err != nil {
		return nil, fmt.Errorf("looking for who is there already: %w", err)
	}
	return rows, nil
}
