package store

import (
	"context"
	"time"

	"heraut/invitation"
)

// source is the way into the invitations that a filter makes short.
type source struct {
	// from are the tables, with the invitations as i.
	from     string
	fromArgs []any
	// key is the column of invitation ids in whose order rows are found.
	key string
	// joins are the tables of the search, for who reads the whole.
	joins string
	where string // conditions that each begin with AND
	args  []any
	// few: the filter itself leads to few invitations.
	few bool
	// ordered: the index of the order is the way.
	ordered bool
}

func (s *source) add(clause string, args ...any) {
	s.where += " AND " + clause
	s.args = append(s.args, args...)
}

// all are the arguments in the order of the query, with those that follow.
func (s *source) all(more ...any) []any {
	all := append(append([]any{}, s.fromArgs...), s.args...)
	return append(all, more...)
}

// narrow chooses the way by the filter: planners can not know how many members
// a group has, nor that a send's invitations come in the order of ids. whole:
// all that the filter matches is read, not a page.
func narrow(ctx context.Context, from getter, f invitation.Filter, by named, now time.Time, whole bool) (source, error) {
	s := source{from: "invitations i", key: "i.id", few: f.UserID != "" || f.DeviceID != "", ordered: f.Sort == invitation.NextAction}
	s.ofNamed(by, whole)
	s.ofSend(f.SendID)
	if f.UserID != "" {
		s.add("i.user_id = ?", f.UserID)
	}
	if f.DeviceID != "" {
		s.add("i.device_id = ?", f.DeviceID)
	}
	if err := s.ofGroup(ctx, from, f.GroupID); err != nil {
		return s, err
	}
	if err := s.waiting(ctx, from, f.WaitingFor, now); err != nil {
		return s, err
	}
	s.said(f)
	return s, nil
}

// is compares a column, by an expression where another way is better than the
// column's own index.
func (s *source) is(column, value string) {
	switch {
	case value == "":
	case s.few || s.ordered:
		s.add(column+" || '' = ?", value)
	default:
		s.add(column+" = ?", value)
	}
}

// said adds what an invitation's own row tells.
func (s *source) said(f invitation.Filter) {
	s.is("i.state", string(f.State))
	s.is("i.channel", string(f.Channel))
	if f.Marked {
		s.add("i.new_link_asked")
	}
	if !f.CreatedAfter.IsZero() {
		s.add("i.created_at >= ?", At(f.CreatedAfter))
	}
	if !f.CreatedBefore.IsZero() {
		s.add("i.created_at < ?", At(f.CreatedBefore))
	}
	if !f.SettledAfter.IsZero() {
		s.add("i.settled_at >= ?", At(f.SettledAfter))
	}
}

func (s *source) ofSend(id string) {
	switch {
	case id == "":
	case s.few:
		s.add("EXISTS (SELECT 1 FROM send_invitations si WHERE si.invitation_id = i.id AND si.send_id = ?)", id)
	default:
		// A CROSS JOIN keeps its order in SQLite.
		s.from, s.key = "send_invitations si CROSS JOIN invitations i", "si.invitation_id"
		s.add("i.id = si.invitation_id AND si.send_id = ?", id)
	}
}

// ofGroup looks up the members of a small group one by one; of a large one a
// walk through the list soon finds a page.
func (s *source) ofGroup(ctx context.Context, from getter, groupID string) error {
	if groupID == "" {
		return nil
	}
	members, err := membersUpTo(ctx, from, groupID, smallGroup+1)
	if err != nil {
		return err
	}
	if len(members) <= smallGroup {
		in, ids := inClause("i.user_id", members)
		s.add(in, ids...)
		s.few = true
		return nil
	}
	s.add("EXISTS (SELECT 1 FROM group_users m WHERE m.user_id = i.user_id AND m.group_id IN (WITH RECURSIVE "+groupsBelow+" SELECT id FROM below))", groupID)
	return nil
}
