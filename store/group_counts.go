package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"heraut/people"
)

// largeGroup is above how many members a group is counted by a walk through all
// users. keepCounts is how long counts of more than smallGroup are kept.
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
// group without members has zero counts. Those of a group of more than 1,000
// may be ten seconds old; where counting takes long, what was counted in the
// minute before is shown once more.
func (s *Store) GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error) {
	counts := make(map[string]people.GroupCounts, len(ids))
	for chunk := range slices.Chunk(ids, maxIn) {
		if err := s.countGroups(ctx, chunk, counts); err != nil {
			return nil, fmt.Errorf("counting members: %w", err)
		}
	}
	return counts, nil
}

// countGroups counts small groups at once, and the others side by side: none of
// them waits for longer than one would.
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
	counts, errs := make([]people.GroupCounts, len(big)), make([]error, len(big))
	var all sync.WaitGroup
	for i, id := range big {
		all.Go(func() { counts[i], errs[i] = s.countKeptGroup(ctx, id) })
	}
	all.Wait()
	for i, id := range big {
		into[id] = counts[i]
	}
	return errors.Join(errs...)
}

// countKeptGroup counts a group of more than smallGroup members.
func (s *Store) countKeptGroup(ctx context.Context, id string) (people.GroupCounts, error) {
	many := func(c people.GroupCounts) bool { return c.Members > smallGroup }
	return keep(ctx, &s.memo, "group "+id, keepCounts, many, func(ctx context.Context) (people.GroupCounts, error) {
		members, err := membersUpTo(ctx, s.reader(), id, largeGroup+1)
		if err != nil {
			return people.GroupCounts{}, err
		}
		if len(members) > largeGroup {
			return countLarge(ctx, s.reader(), id)
		}
		one := map[string]people.GroupCounts{}
		err = countSmall(ctx, s.reader(), []string{id}, one)
		return one[id], err
	})
}

// EverybodyCounts is the roll-up of all users, as current as GroupCounts.
func (s *Store) EverybodyCounts(ctx context.Context) (people.GroupCounts, error) {
	many := func(c people.GroupCounts) bool { return c.Members > smallGroup }
	return keep(ctx, &s.memo, "everybody", keepCounts, many, func(ctx context.Context) (people.GroupCounts, error) {
		var rows []countRow
		var counts people.GroupCounts
		if err := s.reader().Select(ctx, &rows, "SELECT state, COUNT(*) AS n FROM users WHERE deleted_at IS NULL GROUP BY state"); err != nil {
			return counts, fmt.Errorf("counting users: %w", err)
		}
		for _, row := range rows {
			counts = row.add(counts)
		}
		return counts, nil
	})
}

func countSmall(ctx context.Context, from getter, ids []string, into map[string]people.GroupCounts) error {
	if len(ids) == 0 {
		return nil
	}
	in, args := inClause("id", ids)
	var rows []countRow
	// The members first, then each user by its id: a CROSS JOIN keeps its order
	// in SQLite, a subquery for one value in PostgreSQL too. Both would begin
	// with all members of all groups, or with all users.
	err := from.Select(ctx, &rows, `WITH RECURSIVE below (root, id) AS (
			SELECT id, id FROM groups WHERE `+in+`
			UNION
			SELECT root, child_id FROM group_groups JOIN below ON parent_id = below.id
		), members (root, user_id) AS (
			SELECT DISTINCT root, user_id FROM below CROSS JOIN group_users WHERE group_id = below.id
		), states (root, state) AS (
			SELECT root, COALESCE((SELECT state FROM users WHERE users.id = user_id AND deleted_at IS NULL), '') FROM members
		)
		SELECT root, state, count(*) AS n FROM states GROUP BY root, state`, args...)
	if err != nil {
		return err
	}
	for _, row := range rows {
		into[row.Root] = row.add(into[row.Root])
	}
	return nil
}

// countLarge counts one group, which may hold everybody: a walk through all
// users is quicker then than looking each of them up.
func countLarge(ctx context.Context, from getter, id string) (people.GroupCounts, error) {
	var counts people.GroupCounts
	var rows []countRow
	err := from.Select(ctx, &rows, "WITH RECURSIVE "+groupsBelow+` SELECT state, count(*) AS n FROM users WHERE deleted_at IS NULL
		AND id || '' IN (SELECT user_id FROM group_users WHERE group_id IN (SELECT id FROM below)) GROUP BY state`, id)
	for _, row := range rows {
		counts = row.add(counts)
	}
	return counts, err
}

// add adds a row; the state of a deleted user is empty.
func (r countRow) add(c people.GroupCounts) people.GroupCounts {
	if r.State == "" {
		return c
	}
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
