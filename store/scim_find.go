package store

import (
	"context"
	"fmt"
	"strings"

	"heraut/people"
)

// SCIMUsers returns the client's users from an offset on, in the order in which
// they came to Heraut, and how many there are: SCIM pages by number.
func (s *Store) SCIMUsers(ctx context.Context, client people.SCIMClient, offset, limit int) (users []people.SCIMUser, total int, err error) {
	rows, total, err := scimPage[scimUserRow](ctx, s, client, "scim_users", "SELECT "+scimUserColumns+` FROM scim_users s JOIN users u ON u.id = s.user_id
		WHERE s.client_id = ? ORDER BY s.user_id LIMIT ? OFFSET ?`, offset, limit)
	return listOf(rows, scimUserRow.user), total, err
}

// SCIMGroups is SCIMUsers for groups.
func (s *Store) SCIMGroups(ctx context.Context, client people.SCIMClient, offset, limit int) (groups []people.SCIMGroup, total int, err error) {
	rows, total, err := scimPage[scimGroupRow](ctx, s, client, "scim_groups", "SELECT "+scimGroupColumns+` FROM scim_groups s JOIN groups g ON g.id = s.group_id
		WHERE s.client_id = ? ORDER BY s.group_id LIMIT ? OFFSET ?`, offset, limit)
	return listOf(rows, scimGroupRow.group), total, err
}

func scimPage[R any](ctx context.Context, s *Store, client people.SCIMClient, table, query string, offset, limit int) (rows []R, total int, err error) {
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.Get(ctx, &total, "SELECT COUNT(*) FROM "+table+" WHERE client_id = ?", client.ID); err != nil {
			return err
		}
		rows = nil
		return tx.Select(ctx, &rows, query, client.ID, limit, offset)
	})
	if err != nil {
		return nil, 0, fmt.Errorf("listing %s: %w", table, err)
	}
	return rows, total, nil
}

func listOf[R, T any](rows []R, item func(R) T) []T {
	list := make([]T, len(rows))
	for i, row := range rows {
		list[i] = item(row)
	}
	return list
}

// FindSCIMUsers returns the client's users for whom all conditions hold, at
// most limit. It needs one condition at least.
func (s *Store) FindSCIMUsers(ctx context.Context, client people.SCIMClient, conditions []people.SCIMCondition, limit int) ([]people.SCIMUser, error) {
	where, args := scimWhere("s.user_id", client, conditions)
	var rows []scimUserRow
	err := s.reader().SelectFor(ctx, &rows, "SELECT "+scimUserColumns+` FROM scim_users s JOIN users u ON u.id = s.user_id
		WHERE `+where+" ORDER BY s.user_id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("finding users by SCIM: %w", err)
	}
	return listOf(rows, scimUserRow.user), nil
}

// FindSCIMGroups is FindSCIMUsers for groups.
func (s *Store) FindSCIMGroups(ctx context.Context, client people.SCIMClient, conditions []people.SCIMCondition, limit int) ([]people.SCIMGroup, error) {
	where, args := scimWhere("s.group_id", client, conditions)
	var rows []scimGroupRow
	err := s.reader().SelectFor(ctx, &rows, "SELECT "+scimGroupColumns+` FROM scim_groups s JOIN groups g ON g.id = s.group_id
		WHERE `+where+" ORDER BY s.group_id LIMIT ?", append(args, limit)...)
	if err != nil {
		return nil, fmt.Errorf("finding groups by SCIM: %w", err)
	}
	return listOf(rows, scimGroupRow.group), nil
}

// scimFound says how each field is found, each by an index; id is the column of
// the resource's id.
func scimFound(id string, c people.SCIMCondition) (clause, value string) {
	switch c.Field {
	case people.SCIMID:
		return id + " = ?", c.Value
	case people.SCIMUserName:
		return "s.name_key = ?", foldCase(c.Value)
	case people.SCIMExternalID:
		return "s.external_id = ?", c.Value
	case people.SCIMAddress:
		return "s.user_id IN (SELECT user_id FROM scim_addresses WHERE address = lower(?))", c.Value
	case people.SCIMGroupName:
		return "g.deleted_at IS NULL AND g.sort_name = ?", sortName(c.Value)
	case people.SCIMMemberID:
		return `s.group_id IN (SELECT m.group_id FROM group_users m JOIN scim_users o ON o.user_id = m.user_id
			WHERE m.user_id = ? AND o.client_id = s.client_id)`, c.Value
	}
	return "1 = 0", ""
}

func scimWhere(id string, client people.SCIMClient, conditions []people.SCIMCondition) (where string, args []any) {
	clauses, args := []string{"s.client_id = ?"}, []any{client.ID}
	for _, c := range conditions {
		clause, value := scimFound(id, c)
		clauses, args = append(clauses, clause), append(args, value)
	}
	return strings.Join(clauses, " AND "), args
}
