package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/fault"
	"heraut/people"
)

type edgeRow struct {
	Parent string `db:"parent_id"`
	Child  string `db:"child_id"`
}

// refuseCycle tells whether the group would hold itself with these groups
// below it, and by which way.
func refuseCycle(ctx context.Context, tx *Tx, group people.Group, groupIDs []string) error {
	if len(groupIDs) == 0 {
		return nil
	}
	if i := slices.Index(groupIDs, group.ID); i >= 0 {
		return cycle(fmt.Sprintf("The group %q can not be a member of itself.", group.Name), i)
	}
	var edges []edgeRow
	if err := tx.Select(ctx, &edges, "SELECT parent_id, child_id FROM group_groups"); err != nil {
		return fmt.Errorf("reading the nesting of groups: %w", err)
	}
	below := make(map[string][]string, len(edges))
	for _, e := range edges {
		below[e.Parent] = append(below[e.Parent], e.Child)
	}
	for i, id := range groupIDs {
		way := wayTo(below, id, group.ID)
		if way == nil {
			continue
		}
		names, err := groupNames(ctx, tx, append([]string{group.ID}, way...))
		if err != nil {
			return err
		}
		return cycle("A group can not hold itself: "+strings.Join(names, " > ")+".", i)
	}
	return nil
}

func cycle(sentence string, index int) error {
	f := fault.New(fault.Conflict, sentence)
	f.Fields = []fault.Field{{Pointer: fmt.Sprintf("/group_ids/%d", index), Message: sentence}}
	return f
}

// wayTo finds the shortest way down from one group to another, both included;
// nil when there is none.
func wayTo(below map[string][]string, from, to string) []string {
	cameFrom := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		if at == to {
			return trace(cameFrom, to)
		}
		for _, next := range below[at] {
			if _, seen := cameFrom[next]; !seen {
				cameFrom[next] = at
				queue = append(queue, next)
			}
		}
	}
	return nil
}

func trace(cameFrom map[string]string, at string) []string {
	var way []string
	for ; at != ""; at = cameFrom[at] {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}

// groupNames returns the names of groups in the order of ids, quoted.
func groupNames(ctx context.Context, from getter, ids []string) ([]string, error) {
	in, args := inClause("id", slices.Compact(slices.Sorted(slices.Values(ids))))
	var rows []groupRow
	if err := from.Select(ctx, &rows, "SELECT "+groupColumns+" FROM groups WHERE "+in, args...); err != nil {
		return nil, fmt.Errorf("reading the names of groups: %w", err)
	}
	byID := make(map[string]string, len(rows))
	for _, row := range rows {
		byID[row.ID] = row.Name
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = fmt.Sprintf("%q", byID[id])
	}
	return names, nil
}
