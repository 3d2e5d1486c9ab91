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

// keepTop is how long the list of the largest groups is kept.
const keepTop = time.Minute

// TopGroups lists the n groups with the most users through nesting, the largest
// first. Where the largest has more than 10,000, the list may be a minute old,
// and is shown once more while it is made anew.
func (s *Store) TopGroups(ctx context.Context, n int) ([]people.GroupStanding, error) {
	large := func(top []people.GroupStanding) bool { return len(top) > 0 && top[0].Members > largeGroup }
	top, err := keep(ctx, &s.memo, "top "+strconv.Itoa(n), keepTop, large, func(ctx context.Context) ([]people.GroupStanding, error) {
		return s.topGroups(ctx, n)
	})
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
