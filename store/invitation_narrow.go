package store

import (
	"context"

	"heraut/invitation"
)

// source is the way into the invitations that a filter makes short.
type source struct {
	// from are the tables, with the invitations as i.
	from string
	// key is the column of invitation ids in whose order rows are found.
	key   string
	where string // conditions that each begin with AND
	args  []any
}

func (s *source) add(clause string, args ...any) {
	s.where += " AND " + clause
	s.args = append(s.args, args...)
}

// narrow chooses the way by the filter: planners can not know how many members
// a group has, nor that a send's invitations come in the order of ids.
func narrow(ctx context.Context, from getter, f invitation.Filter) (source, error) {
	s := source{from: "invitations i", key: "i.id"}
	if f.SendID != "" {
		// A CROSS JOIN keeps its order in SQLite.
		s.from, s.key = "send_invitations si CROSS JOIN invitations i", "si.invitation_id"
		s.add("i.id = si.invitation_id AND si.send_id = ?", f.SendID)
	}
	few := f.UserID != "" || f.DeviceID != ""
	if f.UserID != "" {
		s.add("i.user_id = ?", f.UserID)
	}
	if f.DeviceID != "" {
		s.add("i.device_id = ?", f.DeviceID)
	}
	if f.GroupID != "" {
		members, err := membersUpTo(ctx, from, f.GroupID, smallGroup+1)
		if err != nil {
			return s, err
		}
		few = few || len(members) <= smallGroup
		s.ofGroup(f.GroupID, members)
	}
	switch {
	case f.State == "":
	case few: // by an expression, so that no index over states is preferred
		s.add("i.state || '' = ?", string(f.State))
	default:
		s.add("i.state = ?", string(f.State))
	}
	return s, nil
}

// ofGroup looks up the members of a small group one by one; of a large one a
// walk through the list soon finds a page.
func (s *source) ofGroup(groupID string, members []string) {
	if len(members) <= smallGroup {
		in, ids := inClause("i.user_id", members)
		s.add(in, ids...)
		return
	}
	s.add("EXISTS (SELECT 1 FROM group_users m WHERE m.user_id = i.user_id AND m.group_id IN (WITH RECURSIVE "+groupsBelow+" SELECT id FROM below))", groupID)
}
