package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/people"
)

type countRow struct {
	Root  string           `db:"root"`
	State people.UserState `db:"state"`
	N     int              `db:"n"`
}

// GroupCounts rolls up the distinct users of each group through nesting. A
// group without members has zero counts.
func (s *Store) GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error) {
	counts := make(map[string]people.GroupCounts, len(ids))
	if len(ids) == 1 {
		if err := countGroup(ctx, s.reader(), ids[0], counts); err != nil {
			return nil, fmt.Errorf("counting members: %w", err)
		}
		return counts, nil
	}
	for chunk := range slices.Chunk(ids, maxIn) {
		if err := countGroups(ctx, s.reader(), chunk, counts); err != nil {
			return nil, fmt.Errorf("counting members: %w", err)
		}
	}
	return counts, nil
}

func countGroups(ctx context.Context, from getter, ids []string, into map[string]people.GroupCounts) error {
	in, args := inClause("id", ids)
	var rows []countRow
	// A CROSS JOIN keeps its order in SQLite, which would begin with all
	// members of all groups, and with all users.
	err := from.Select(ctx, &rows, `WITH RECURSIVE below (root, id) AS (
			SELECT id, id FROM groups WHERE `+in+`
			UNION
			SELECT root, child_id FROM group_groups JOIN below ON parent_id = below.id
		), members (root, user_id) AS (
			SELECT DISTINCT root, user_id FROM below CROSS JOIN group_users WHERE group_id = below.id
		)
		SELECT root, state, count(*) AS n FROM members CROSS JOIN users
		WHERE users.id = user_id AND deleted_at IS NULL GROUP BY root, state`, args...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		row.add(into)
	}
	return nil
}

// countGroup counts one group, which may hold everybody: a walk through all
// users is quicker then than looking each of them up.
func countGroup(ctx context.Context, from getter, id string, into map[string]people.GroupCounts) error {
	members, err := membersUpTo(ctx, from, id, smallGroup+1)
	if err != nil {
		return err
	}
	head, of, args := "WITH RECURSIVE "+groupsBelow+" ", "id || '' IN (SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below))", []any{id}
	if len(members) <= smallGroup {
		head = ""
		of, args = inClause("id", members)
	}
	var rows []countRow
	err = from.Select(ctx, &rows, head+"SELECT state, count(*) AS n FROM users WHERE deleted_at IS NULL AND "+of+" GROUP BY state", args...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		row.Root = id
		row.add(into)
	}
	return nil
}

func (r countRow) add(into map[string]people.GroupCounts) {
	c := into[r.Root]
	c.Members += r.N
	switch r.State {
	case people.NotInvited:
		c.NotInvited += r.N
	case people.Invited:
		c.Invited += r.N
	case people.Enrolled:
		c.Enrolled += r.N
	}
	into[r.Root] = c
}
