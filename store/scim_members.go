package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/people"
)

// SCIMMembers returns who of the client's users is in which of the groups
// themselves, without what is nested below; at most maxIn groups.
func (s *Store) SCIMMembers(ctx context.Context, client people.SCIMClient, groupIDs ...string) (map[string][]people.SCIMMember, error) {
	var rows []struct {
		GroupID  string `db:"group_id"`
		UserID   string `db:"user_id"`
		FullName string `db:"full_name"`
	}
	in, args := inClause("m.group_id", groupIDs)
	err := s.reader().Select(ctx, &rows, `SELECT m.group_id, m.user_id, u.full_name FROM group_users m
		JOIN scim_users s ON s.user_id = m.user_id JOIN users u ON u.id = m.user_id
		WHERE s.client_id = ? AND `+in+" ORDER BY m.group_id, m.user_id", append([]any{client.ID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading members of groups: %w", err)
	}
	members := make(map[string][]people.SCIMMember, len(groupIDs))
	for _, r := range rows {
		members[r.GroupID] = append(members[r.GroupID], people.SCIMMember{UserID: r.UserID, FullName: r.FullName})
	}
	return members, nil
}

// CountSCIMMembers tells how many members SCIMMembers would return of each
// group that has any; at most maxIn groups.
func (s *Store) CountSCIMMembers(ctx context.Context, client people.SCIMClient, groupIDs ...string) (map[string]int, error) {
	var rows []struct {
		GroupID string `db:"group_id"`
		N       int    `db:"n"`
	}
	in, args := inClause("m.group_id", groupIDs)
	err := s.reader().Select(ctx, &rows, `SELECT m.group_id, COUNT(*) AS n FROM group_users m JOIN scim_users s ON s.user_id = m.user_id
		WHERE s.client_id = ? AND `+in+" GROUP BY m.group_id", append([]any{client.ID}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("counting members of groups: %w", err)
	}
	counts := make(map[string]int, len(rows))
	for _, r := range rows {
		counts[r.GroupID] = r.N
	}
	return counts, nil
}

// changeSCIMMembers reads of a large group only what the change names, unless
// the change names the whole set. Whom the client has not brought it leaves out
// and tells: a provider such as Entra ID would send the whole request again for
// ever, and the others would never become members.
func changeSCIMMembers(ctx context.Context, tx *Tx, client people.SCIMClient, group people.Group, c people.SCIMGroupChange) (unknown []string, err error) {
	wanted := c.Add
	if c.Members != nil {
		wanted = withAndWithout(*c.Members, c.Add, c.Remove)
	}
	wanted, unknown, err = broughtOnly(ctx, tx, client, wanted)
	if err != nil {
		return nil, err
	}
	users, err := changeOfMembers(ctx, tx, client, group.ID, wanted, c)
	if err != nil || users.empty() {
		return unknown, err
	}
	was := membersDoc{}
	if err := tx.Get(ctx, &was.Users, "SELECT COUNT(*) FROM group_users WHERE group_id = ?", group.ID); err != nil {
		return nil, fmt.Errorf("counting the members of group %s: %w", group.ID, err)
	}
	if err := tx.Get(ctx, &was.Groups, "SELECT COUNT(*) FROM group_groups WHERE parent_id = ?", group.ID); err != nil {
		return nil, fmt.Errorf("counting the groups of group %s: %w", group.ID, err)
	}
	_, err = changeMembers(ctx, tx, client.Actor(), group, users, setChange{}, was)
	return unknown, err
}

// changeOfMembers compares with who is a member now.
func changeOfMembers(ctx context.Context, tx *Tx, client people.SCIMClient, groupID string, wanted []string, c people.SCIMGroupChange) (setChange, error) {
	if c.Members != nil {
		old, err := broughtMembers(ctx, tx, client, groupID)
		return difference(old, wanted), err
	}
	here, err := membersAmong(ctx, tx, client, groupID, slices.Concat(wanted, c.Remove))
	return setChange{added: difference(here, wanted).added, removed: difference(wanted, here).added}, err
}

func withAndWithout(all, add, remove []string) []string {
	gone := make(map[string]bool, len(remove))
	for _, id := range remove {
		gone[id] = true
	}
	return slices.DeleteFunc(slices.Concat(all, add), func(id string) bool { return gone[id] })
}

// broughtOnly parts ids of the client's users from others.
func broughtOnly(ctx context.Context, tx *Tx, client people.SCIMClient, ids []string) (brought, unknown []string, err error) {
	known := make(map[string]bool, len(ids))
	for part := range slices.Chunk(ids, maxIn) {
		var some []string
		in, args := inClause("user_id", part)
		if err := tx.Select(ctx, &some, "SELECT user_id FROM scim_users WHERE client_id = ? AND "+in, append([]any{client.ID}, args...)...); err != nil {
			return nil, nil, fmt.Errorf("looking up members: %w", err)
		}
		for _, id := range some {
			known[id] = true
		}
	}
	for _, id := range ids {
		if known[id] {
			brought = append(brought, id)
		} else {
			unknown = append(unknown, id)
		}
	}
	return brought, unknown, nil
}

func broughtMembers(ctx context.Context, tx *Tx, client people.SCIMClient, groupID string) ([]string, error) {
	var ids []string
	err := tx.Select(ctx, &ids, `SELECT m.user_id FROM group_users m JOIN scim_users s ON s.user_id = m.user_id
		WHERE m.group_id = ? AND s.client_id = ? ORDER BY m.user_id`, groupID, client.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the members of group %s: %w", groupID, err)
	}
	return ids, nil
}

// membersAmong keeps the ids of the client's users who are members.
func membersAmong(ctx context.Context, tx *Tx, client people.SCIMClient, groupID string, ids []string) ([]string, error) {
	var here []string
	for part := range slices.Chunk(ids, maxIn) {
		var some []string
		in, args := inClause("m.user_id", part)
		err := tx.Select(ctx, &some, `SELECT m.user_id FROM group_users m JOIN scim_users s ON s.user_id = m.user_id
			WHERE m.group_id = ? AND s.client_id = ? AND `+in, append([]any{groupID, client.ID}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading members of group %s: %w", groupID, err)
		}
		here = append(here, some...)
	}
	return here, nil
}
