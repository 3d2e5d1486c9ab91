package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// adoptable finds the one person who is there already and whom a new user of a
// SCIM client must be: the one with the same external id; else the one whom a
// client that was removed had by the same external id, or by the same user name;
// else the one with the same address whom no other source brings. Where several
// fit it finds nobody. Who is brought by a SCIM client or comes from a directory
// is never found.
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
	for _, by := range []struct{ condition, value string }{
		{"id IN (" + leftUsers + " AND l.external_id = ?)", u.ExternalID},
		{"id IN (" + leftUsers + " AND l.name_key = ?)", foldCase(u.UserName)},
		{"source = '' AND lower(email) = lower(?) AND email <> ''", u.Apply(people.User{}).Clean().Email},
	} {
		if by.value == "" {
			continue
		}
		same, err := namesakes(ctx, tx, by.condition, by.value)
		if err != nil {
			return user, false, err
		}
		if len(same) == 1 && !same[0].Brought {
			return same[0].user(), true, nil
		}
	}
	return user, false, nil
}

// What clients that were removed have left behind, found by an index of it.
const (
	removed    = "(SELECT id FROM scim_clients WHERE revoked_at IS NOT NULL)"
	leftUsers  = "SELECT l.user_id FROM scim_users l WHERE l.client_id IN " + removed
	leftGroups = "SELECT l.group_id FROM scim_groups l WHERE l.client_id IN " + removed
)

type namesakeRow struct {
	userRow

	Brought bool `db:"brought"`
}

// namesakes reads the users of whom the condition holds, two at most.
func namesakes(ctx context.Context, tx *Tx, condition, value string) ([]namesakeRow, error) {
	var rows []namesakeRow
	err := tx.Select(ctx, &rows, "SELECT "+userColumns+`, EXISTS (SELECT 1 FROM scim_users s JOIN scim_clients c ON c.id = s.client_id
				WHERE s.user_id = users.id AND c.revoked_at IS NULL)
			OR EXISTS (SELECT 1 FROM directory_users WHERE user_id = users.id) AS brought
		FROM users WHERE deleted_at IS NULL AND `+condition+" ORDER BY id LIMIT 2", value)
	if err != nil {
		return nil, fmt.Errorf("looking for who is there already: %w", err)
	}
	return rows, nil
}

// adoptableGroup finds the one group that a client which was removed has left
// behind and that a new group must be: by the same external id, else by the same
// name. Groups made by hand are never found.
func adoptableGroup(ctx context.Context, tx *Tx, name, externalID string) (group people.Group, found bool, err error) {
	for _, by := range []struct{ condition, value string }{
		{"id IN (" + leftGroups + " AND l.external_id = ?)", externalID},
		{"sort_name = ? AND EXISTS (" + leftGroups + " AND l.group_id = groups.id)", sortName(name)},
	} {
		if by.value == "" {
			continue
		}
		var rows []groupRow
		err := tx.Select(ctx, &rows, "SELECT "+groupColumns+" FROM groups WHERE deleted_at IS NULL AND "+by.condition+" ORDER BY id LIMIT 2", by.value)
		if err != nil {
			return group, false, fmt.Errorf("looking for the group that is there already: %w", err)
		}
		if len(rows) == 1 {
			return rows[0].group(), true, nil
		}
	}
	return group, false, nil
}
