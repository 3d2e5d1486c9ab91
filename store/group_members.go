package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
	"heraut/people"
)

// GroupMembers returns the ids of the group's own users and groups, without
// what is nested below.
func (s *Store) GroupMembers(ctx context.Context, id string) (userIDs, groupIDs []string, err error) {
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := getGroup(ctx, tx, id); err != nil {
			return err
		}
		userIDs, groupIDs, err = ownMembers(ctx, tx, id)
		return err
	})
	return userIDs, groupIDs, err
}

func ownMembers(ctx context.Context, from getter, id string) (userIDs, groupIDs []string, err error) {
	userIDs, groupIDs = []string{}, []string{}
	if err := from.Select(ctx, &userIDs, "SELECT user_id FROM group_users WHERE group_id = ? ORDER BY user_id", id); err != nil {
		return nil, nil, fmt.Errorf("reading the users of group %s: %w", id, err)
	}
	if err := from.Select(ctx, &groupIDs, "SELECT child_id FROM group_groups WHERE parent_id = ? ORDER BY child_id", id); err != nil {
		return nil, nil, fmt.Errorf("reading the groups of group %s: %w", id, err)
	}
	return userIDs, groupIDs, nil
}

// SetMembers makes the users and groups the group's whole set of members.
// Ids may be repeated. Faults: not_found; invalid_request with a pointer for
// each unknown id (the first 100); conflict for a group that would hold itself
// or that comes from a directory.
func (s *Store) SetMembers(ctx context.Context, actor people.Actor, id string, userIDs, groupIDs []string) (people.Group, error) {
	return s.ReplaceMembers(ctx, actor, id, nil, userIDs, groupIDs)
}

// ReplaceMembers is SetMembers with the fault precondition_failed when
// ifVersion is given and is not the group's.
func (s *Store) ReplaceMembers(ctx context.Context, actor people.Actor, id string, ifVersion *int64, userIDs, groupIDs []string) (people.Group, error) {
	var after people.Group
	err := s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		if err := refuseOwnedBy(ctx, tx, before.DirectoryID); err != nil {
			return err
		}
		if err := checkMembers(ctx, tx, before, userIDs, groupIDs); err != nil {
			return err
		}
		after, err = saveMembers(ctx, tx, actor, before, userIDs, groupIDs)
		return err
	})
	if err != nil {
		return people.Group{}, fmt.Errorf("setting the members of group %s: %w", id, err)
	}
	return after, nil
}

func checkMembers(ctx context.Context, tx *Tx, group people.Group, userIDs, groupIDs []string) error {
	users, err := unknownIDs(ctx, tx, "users", "/user_ids", userIDs)
	if err != nil {
		return err
	}
	groups, err := unknownIDs(ctx, tx, "groups", "/group_ids", groupIDs)
	if err != nil {
		return err
	}
	if fields := slices.Concat(users, groups); len(fields) > 0 {
		return fault.Invalid(fields[:min(len(fields), maxFields)]...)
	}
	return refuseCycle(ctx, tx, group, groupIDs)
}

// maxFields bounds how many wrong ids an answer names.
const maxFields = 100

// unknownIDs points at the ids that no living row of the table has.
func unknownIDs(ctx context.Context, from getter, table, pointer string, ids []string) ([]fault.Field, error) {
	known := make(map[string]bool, len(ids))
	for chunk := range slices.Chunk(ids, maxIn) {
		in, args := inClause("id", chunk)
		var found []string
		if err := from.Select(ctx, &found, "SELECT id FROM "+table+" WHERE deleted_at IS NULL AND "+in, args...); err != nil {
			return nil, fmt.Errorf("looking up members: %w", err)
		}
		for _, id := range found {
			known[id] = true
		}
	}
	var fields []fault.Field
	for i, id := range ids {
		if !known[id] {
			fields = append(fields, fault.Field{Pointer: fmt.Sprintf("%s/%d", pointer, i), Message: "There is nobody and nothing with this id."})
		}
	}
	return fields, nil
}

// membersDoc tells the audit log how a group's members changed: numbers, and
// the first ids, since a group may hold all of a school.
type membersDoc struct {
	Users         int      `json:"users"`
	Groups        int      `json:"groups"`
	AddedUsers    []string `json:"added_users,omitempty"`
	RemovedUsers  []string `json:"removed_users,omitempty"`
	AddedGroups   []string `json:"added_groups,omitempty"`
	RemovedGroups []string `json:"removed_groups,omitempty"`
}

func saveMembers(ctx context.Context, tx *Tx, actor people.Actor, group people.Group, userIDs, groupIDs []string) (people.Group, error) {
	oldUsers, oldGroups, err := ownMembers(ctx, tx, group.ID)
	if err != nil {
		return group, err
	}
	users, groups := difference(oldUsers, userIDs), difference(oldGroups, groupIDs)
	return changeMembers(ctx, tx, actor, group, users, groups, membersDoc{Users: len(oldUsers), Groups: len(oldGroups)})
}

// changeMembers writes changes of a group's own users and groups; was says how
// many of them there are.
func changeMembers(ctx context.Context, tx *Tx, actor people.Actor, group people.Group, users, groups setChange, was membersDoc) (people.Group, error) {
	tx.Made("group", group.ID)
	if users.empty() && groups.empty() {
		return group, nil
	}
	open, err := openLeaving(ctx, tx, users.removed, groups.removed)
	if err != nil {
		return group, err
	}
	if err := users.apply(ctx, tx, "group_users", "group_id", "user_id", group.ID); err != nil {
		return group, err
	}
	if err := groups.apply(ctx, tx, "group_groups", "parent_id", "child_id", group.ID); err != nil {
		return group, err
	}
	if group.UpdatedAt, err = touch(ctx, tx, "groups", group.ID); err != nil {
		return group, err
	}
	group.Version++
	tx.audit(actor, change{
		Action: "group.members", Kind: "group", ID: group.ID,
		Was: was,
		Became: membersDoc{
			Users: was.Users + len(users.added) - len(users.removed), Groups: was.Groups + len(groups.added) - len(groups.removed),
			AddedUsers: first(users.added), RemovedUsers: first(users.removed),
			AddedGroups: first(groups.added), RemovedGroups: first(groups.removed),
		},
	})
	return group, servicesMayBeOff(ctx, tx, actor, open)
}

func first(ids []string) []string { return ids[:min(len(ids), maxFields)] }
