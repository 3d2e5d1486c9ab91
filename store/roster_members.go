package store

import (
	"context"
	"slices"

	"heraut/people"
)

// memberPair is one membership.
type memberPair struct {
	GroupID string `db:"group_id"`
	UserID  string `db:"user_id"`
}

// applyMembers makes the roster's groups hold the roster's people. Members
// whom this roster lacks stay: who is missing has not changed class. It notes
// the groups that differ in changed: true unless the group is new.
func (r *rosterRun) applyMembers(ctx context.Context, changed map[string]bool) error {
	groups, err := rosterGroups(ctx, r.store.reader())
	if err != nil {
		return err
	}
	for chunk := range membershipChunks(r.roster.Groups) {
		added, removed, err := r.compareMembers(ctx, chunk, groups, changed)
		if err != nil {
			return err
		}
		if !r.opts.DryRun {
			if err := r.writeMembers(ctx, added, removed); err != nil {
				return err
			}
		}
		r.advance(len(chunk))
	}
	return nil
}

// membershipChunks yields groups by the hundred, fewer where they are large,
// so that memory stays bounded by one large group.
func membershipChunks(groups []people.RosterGroup) func(yield func([]people.RosterGroup) bool) {
	return func(yield func([]people.RosterGroup) bool) {
		for start := 0; start < len(groups); {
			end, members := start, 0
			for end < len(groups) && end-start < 100 && (end == start || members+len(groups[end].MemberIDs) <= 20*rosterBatch) {
				members += len(groups[end].MemberIDs)
				end++
			}
			if !yield(groups[start:end]) {
				return
			}
			start = end
		}
	}
}

func (r *rosterRun) compareMembers(ctx context.Context, chunk []people.RosterGroup, groups map[string]rosterGroupRow, changed map[string]bool,
) (added, removed []memberPair, err error) {
	have, err := r.membersOf(ctx, chunk, groups)
	if err != nil {
		return nil, nil, err
	}
	for _, g := range chunk {
		group, exists := groups[g.ExternalID]
		users := have[group.ID]
		differs := false
		for _, key := range g.MemberIDs {
			user, known := r.ids[key]
			if !known {
				r.report.UnknownPeople++
				continue
			}
			if _, has := users[user]; !has {
				added, differs = append(added, memberPair{group.ID, user}), true
			}
			users[user] = false // wanted, not left over
		}
		for user, left := range users {
			if left && r.present[user] && !r.opts.KeepMembers {
				removed, differs = append(removed, memberPair{group.ID, user}), true
			}
		}
		if _, noted := changed[g.ExternalID]; differs && exists && !noted {
			changed[g.ExternalID] = true
		}
	}
	return added, removed, nil
}

// membersOf reads the members that a roster brought, by group.
func (r *rosterRun) membersOf(ctx context.Context, chunk []people.RosterGroup, groups map[string]rosterGroupRow) (map[string]map[string]bool, error) {
	ids := make([]string, 0, len(chunk))
	have := make(map[string]map[string]bool, len(chunk))
	for _, g := range chunk {
		id := groups[g.ExternalID].ID
		ids = append(ids, id)
		have[id] = map[string]bool{}
	}
	in, args := inClause("group_id", ids)
	var rows []memberPair
	err := r.store.reader().Select(ctx, &rows, `SELECT group_id, user_id FROM group_users JOIN users ON users.id = user_id
		WHERE source = ? AND `+in, append([]any{rosterSource}, args...)...)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		have[row.GroupID][row.UserID] = true
	}
	return have, nil
}

// writeMembers adds before it removes: somebody who changes class under a
// switch that is on never loses the services in between.
func (r *rosterRun) writeMembers(ctx context.Context, added, removed []memberPair) error {
	for pairs := range slices.Chunk(added, 5*rosterBatch) {
		err := r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
			values := make([][]any, len(pairs))
			for i, p := range pairs {
				values[i] = []any{p.GroupID, p.UserID}
			}
			_, err := insertRows(ctx, tx, "group_users", []string{"group_id", "user_id"}, values, "ON CONFLICT DO NOTHING")
			return err
		})
		if err != nil {
			return err
		}
	}
	for pairs := range slices.Chunk(removed, rosterBatch) {
		if err := r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
			return removePairs(ctx, tx, r.actor, pairs)
		}); err != nil {
			return err
		}
	}
	return nil
}

func removePairs(ctx context.Context, tx *Tx, actor people.Actor, pairs []memberPair) error {
	users := make([]string, len(pairs))
	for i, p := range pairs {
		users[i] = p.UserID
		if _, err := tx.Exec(ctx, "DELETE FROM group_users WHERE group_id = ? AND user_id = ?", p.GroupID, p.UserID); err != nil {
			return err
		}
	}
	open, err := openAmong(ctx, tx, users)
	if err != nil {
		return err
	}
	return servicesMayBeOff(ctx, tx, actor, open)
}
