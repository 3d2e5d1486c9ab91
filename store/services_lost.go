package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
)

// lost is a change that may take the services from users: a switch that goes
// off, or members that leave a group.
type lost struct {
	// user and group are whose own switch goes off.
	user, group string
	// from is the group that users and groups leave.
	from          string
	users, groups []string
}

// EndingWithUser tells which open invitations end once the user's own switch
// goes off. Nothing is changed.
func (s *Store) EndingWithUser(ctx context.Context, userID string) (invitation.Ending, error) {
	return s.ending(ctx, lost{user: userID})
}

// EndingWithGroup tells which open invitations end once the group's switch goes
// off: those of members who have the services by it alone.
func (s *Store) EndingWithGroup(ctx context.Context, groupID string) (invitation.Ending, error) {
	return s.ending(ctx, lost{group: groupID})
}

// EndingWithMembers tells which open invitations end once users and groups
// leave a group.
func (s *Store) EndingWithMembers(ctx context.Context, groupID string, userIDs, groupIDs []string) (invitation.Ending, error) {
	return s.ending(ctx, lost{from: groupID, users: userIDs, groups: groupIDs})
}

func (s *Store) ending(ctx context.Context, l lost) (invitation.Ending, error) {
	var ending invitation.Ending
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		ending = invitation.Ending{}
		open, err := l.open(ctx, tx)
		if err != nil {
			return err
		}
		for chunk := range slices.Chunk(open, maxIn) {
			if err := l.end(ctx, tx, chunk, &ending); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return ending, fmt.Errorf("reading which invitations would end: %w", err)
	}
	return ending, nil
}

// open lists the users with open invitations whom the change concerns.
func (l lost) open(ctx context.Context, tx *Tx) ([]string, error) {
	users, groups := l.users, l.groups
	if l.user != "" {
		users = append(slices.Clone(users), l.user)
	}
	if l.group != "" {
		groups = append(slices.Clone(groups), l.group)
	}
	open, err := openLeaving(ctx, tx, users, groups)
	slices.Sort(open)
	return slices.Compact(open), err
}

// end adds the open invitations of those users for whom the services are off
// after the change. It reads the switches as withoutServices does, with the
// change thought through.
func (l lost) end(ctx context.Context, tx *Tx, users []string, ending *invitation.Ending) error {
	leavingGroups, groups := inClause("child_id", l.groups)
	leavingUsers, leaving := inClause("m.user_id", l.leaving(users))
	among, all := inClause("i.user_id", users)
	var rows []struct {
		UserID string `db:"user_id"`
		N      int    `db:"n"`
	}
	err := tx.Select(ctx, &rows, `WITH RECURSIVE lit (id) AS (
			SELECT id FROM groups WHERE managed_distribution = TRUE AND deleted_at IS NULL AND id <> ?
			UNION
			SELECT child_id FROM group_groups JOIN lit ON parent_id = lit.id WHERE NOT (parent_id = ? AND `+leavingGroups+`)
		)
		SELECT i.user_id, COUNT(*) AS n FROM invitations i JOIN users u ON u.id = i.user_id
		WHERE i.settled_at IS NULL AND u.deleted_at IS NULL AND (u.managed_distribution = FALSE OR u.id = ?)
			AND NOT EXISTS (SELECT 1 FROM group_users m WHERE m.user_id = u.id AND m.group_id IN (SELECT id FROM lit)
				AND NOT (m.group_id = ? AND `+leavingUsers+`))
			AND `+among+` GROUP BY i.user_id ORDER BY i.user_id`,
		slices.Concat([]any{l.group, l.from}, groups, []any{l.user, l.from}, leaving, all)...)
	for _, row := range rows {
		ending.Invitations += row.N
		ending.UserIDs = append(ending.UserIDs, row.UserID)
	}
	return err
}

// leaving are those of some users who leave by themselves.
func (l lost) leaving(users []string) []string {
	var some []string
	for _, id := range l.users {
		if slices.Contains(users, id) {
			some = append(some, id)
		}
	}
	return some
}
