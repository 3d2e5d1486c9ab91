package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/people"
)

// DirectoryMembers reads the memberships of at most 1,000 groups.
func (s *Store) DirectoryMembers(ctx context.Context, groupIDs []string) ([]people.MemberPair, error) {
	in, args := inClause("group_id", groupIDs)
	var users []memberPair
	if err := s.reader().Select(ctx, &users, "SELECT group_id, user_id FROM group_users WHERE "+in, args...); err != nil {
		return nil, fmt.Errorf("reading members: %w", err)
	}
	in, args = inClause("parent_id", groupIDs)
	var edges []edgeRow
	if err := s.reader().Select(ctx, &edges, "SELECT parent_id, child_id FROM group_groups WHERE "+in, args...); err != nil {
		return nil, fmt.Errorf("reading the nesting of groups: %w", err)
	}
	pairs := make([]people.MemberPair, 0, len(users)+len(edges))
	for _, u := range users {
		pairs = append(pairs, people.MemberPair{GroupID: u.GroupID, UserID: u.UserID})
	}
	for _, e := range edges {
		pairs = append(pairs, people.MemberPair{GroupID: e.Parent, ChildID: e.Child})
	}
	return pairs, nil
}

// memberBatch is how many memberships one transaction writes.
const memberBatch = 5 * rosterBatch

// AddMembers adds memberships to groups of a directory. The caller sees to it
// that no group holds itself: what a directory's groups hold is nobody else's
// to change.
func (s *Store) AddMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) error {
	for chunk := range slices.Chunk(pairs, memberBatch) {
		err := s.write(ctx, func(ctx context.Context, tx *Tx) error { return tx.addMembers(ctx, run, chunk) })
		if err != nil {
			return fmt.Errorf("adding members in directory %s: %w", run.DirectoryID, err)
		}
	}
	return nil
}

func (tx *Tx) addMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) error {
	if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
		return err
	}
	var users, groups [][]any
	for _, p := range pairs {
		if p.UserID != "" {
			users = append(users, []any{p.GroupID, p.UserID})
		} else {
			groups = append(groups, []any{p.GroupID, p.ChildID})
		}
	}
	added, err := insertRows(ctx, tx, "group_users", []string{"group_id", "user_id"}, users, "ON CONFLICT DO NOTHING")
	if err != nil {
		return err
	}
	nested, err := insertRows(ctx, tx, "group_groups", []string{"parent_id", "child_id"}, groups, "ON CONFLICT DO NOTHING")
	if err != nil {
		return err
	}
	if err := tx.touchGroups(ctx, pairs); err != nil {
		return err
	}
	return tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.Members.Added += int(added + nested) })
}

// touchGroups gives the groups of pairs a new version.
func (tx *Tx) touchGroups(ctx context.Context, pairs []people.MemberPair) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	ids := make([]string, len(pairs))
	for i, p := range pairs {
		ids[i] = p.GroupID
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(slices.Compact(ids), maxIn) {
		in, args := inClause("id", chunk)
		if _, err := tx.Exec(ctx, "UPDATE groups SET updated_at = ?, version = version + 1 WHERE "+in, append([]any{now}, args...)...); err != nil {
			return err
		}
	}
	return nil
}

// RemoveMembers ends memberships, and the open invitations of those who lose
// the services by it. It returns users with open invitations who may be among
// them: their workflows have to look.
func (s *Store) RemoveMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) (look []string, err error) {
	for chunk := range slices.Chunk(pairs, rosterBatch) {
		var open []string
		err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
			open, err = tx.removeMembers(ctx, run, chunk)
			return err
		})
		if err != nil {
			return look, fmt.Errorf("removing members in directory %s: %w", run.DirectoryID, err)
		}
		look = append(look, open...)
	}
	return look, nil
}

func (tx *Tx) removeMembers(ctx context.Context, run people.DirectoryRun, pairs []people.MemberPair) ([]string, error) {
	if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
		return nil, err
	}
	var users, children []string
	for _, p := range pairs {
		if p.UserID != "" {
			users = append(users, p.UserID)
		} else {
			children = append(children, p.ChildID)
		}
	}
	open, err := openLeaving(ctx, tx, users, children)
	if err != nil {
		return nil, err
	}
	var removed int64
	for _, p := range pairs {
		query, member := "DELETE FROM group_users WHERE group_id = ? AND user_id = ?", p.UserID
		if p.ChildID != "" {
			query, member = "DELETE FROM group_groups WHERE parent_id = ? AND child_id = ?", p.ChildID
		}
		n, err := tx.Exec(ctx, query, p.GroupID, member)
		if err != nil {
			return nil, err
		}
		removed += n
	}
	if err := tx.touchGroups(ctx, pairs); err != nil {
		return nil, err
	}
	if err := servicesMayBeOff(ctx, tx, run.AskedBy, open); err != nil {
		return nil, err
	}
	return open, tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.Members.Removed += int(removed) })
}
