package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"heraut/people"
)

// largeGroup is above how many members a group's counts are kept for a moment,
// keepCounts.
const (
	largeGroup = 10_000
	keepCounts = 10 * time.Second
)

type countRow struct {
	Root  string           `db:"root"`
	State people.UserState `db:"state"`
	N     int              `db:"n"`
}

// GroupCounts rolls up the distinct users of each group through nesting. A
// group without members has zero counts. Those of a group of more than 10,000
// may be ten seconds old, unless this process changed users or groups since.
func (s *Store) GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error) {
	counts := make(map[string]people.GroupCounts, len(ids))
	for chunk := range slices.Chunk(ids, maxIn) {
		if err := s.countGroups(ctx, chunk, counts); err != nil {
			return nil, fmt.Errorf("counting members: %w", err)
		}
	}
	return counts, nil
}

// countGroups counts small groups at once, and each of the others by itself.
func (s *Store) countGroups(ctx context.Context, ids []string, into map[string]people.GroupCounts) error {
	in, args := inClause("g.id", ids)
	var big []string
	err := s.reader().Select(ctx, &big, `SELECT g.id FROM groups g WHERE `+in+` AND (SELECT COUNT(*) FROM (
			SELECT 1 FROM group_users WHERE group_id IN (WITH RECURSIVE below (id) AS (
				SELECT g.id UNION SELECT child_id FROM group_groups JOIN below ON parent_id = below.id
			) SELECT id FROM below) LIMIT ?) AS part) > ?`, append(args, smallGroup+1, smallGroup)...)
	if err != nil {
		return err
	}
	small := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(big, id) })
	if err := countSmall(ctx, s.reader(), small, into); err != nil {
		return err
	}
	for _, id := range big {
		large := func(c people.GroupCounts) bool { return c.Members > largeGroup }
		into[id], err = keep(&s.memo, "group "+id, keepCounts, large, func() (people.GroupCounts, error) { return countBig(ctx, s.reader(), id) })
		if err != nil {
			return err
		}
	}
	return nil
}

func countSmall(ctx context.Context, from getter, ids []string, into map[string]people.GroupCounts) error {
	if len(ids) == 0 {
		return nil
	}
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
		into[row.Root] = row.add(into[row.Root])
	}
	return nil
}

// countBig counts one group, which may hold everybody: a walk through all users
// is quicker then than looking each of them up.
func countBig(ctx context.Context, from getter, id string) (people.GroupCounts, error) {
	var counts people.GroupCounts
	var rows []countRow
	err := from.Select(ctx, &rows, "WITH RECURSIVE "+groupsBelow+` SELECT state, count(*) AS n FROM users WHERE deleted_at IS NULL
		AND id || '' IN (SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below)) GROUP BY state`, id)
	for _, row := range rows {
		counts = row.add(counts)
	}
	return counts, err
}

func (r countRow) add(c people.GroupCounts) people.GroupCounts {
	c.Members += r.N
	switch r.State {
	case people.NotInvited:
		c.NotInvited += r.N
	case people.Invited:
		c.Invited += r.N
	case people.Enrolled:
		c.Enrolled += r.N
	}
	return c
}

// keepTop is how long the list of the largest groups is kept.
const keepTop = time.Minute

// TopGroups lists the n groups with the most users through nesting, the largest
// first. It may be a minute old, unless this process changed users or groups
// since.
func (s *Store) TopGroups(ctx context.Context, n int) ([]people.GroupStanding, error) {
	worth := func([]people.GroupStanding) bool { return true }
	top, err := keep(&s.memo, "top "+strconv.Itoa(n), keepTop, worth, func() ([]people.GroupStanding, error) { return s.topGroups(ctx, n) })
	if err != nil {
		return nil, fmt.Errorf("listing the largest groups: %w", err)
	}
	return slices.Clone(top), nil
}

// topGroups counts the groups that may be among the largest: those with the
// most members of their own, and those that hold groups.
func (s *Store) topGroups(ctx context.Context, n int) ([]people.GroupStanding, error) {
	var rows []groupRow
	err := s.reader().Select(ctx, &rows, "SELECT "+groupColumns+` FROM groups WHERE deleted_at IS NULL AND (
		id IN (SELECT parent_id FROM group_groups) OR id IN (SELECT group_id FROM group_users GROUP BY group_id ORDER BY COUNT(*) DESC, group_id LIMIT ?))`, n)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	counts, err := s.GroupCounts(ctx, ids...)
	if err != nil {
		return nil, err
	}
	all := make([]people.GroupStanding, len(rows))
	for i, r := range rows {
		all[i] = people.GroupStanding{Group: r.group(), GroupCounts: counts[r.ID]}
	}
	slices.SortFunc(all, func(a, b people.GroupStanding) int {
		return cmp.Or(cmp.Compare(b.Members, a.Members), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(n, len(all))], nil
}
