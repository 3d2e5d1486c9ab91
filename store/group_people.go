package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// MembersByState lists the users of a group through nesting who are in a state
// (empty: any), by name, with their devices and with when and how they were
// enrolled or invited.
func (s *Store) MembersByState(ctx context.Context, groupID string, state people.UserState, after people.Cursor, limit int) (people.Page[invitation.Member], error) {
	var page people.Page[invitation.Member]
	users, err := s.ListUsers(ctx, people.UserFilter{GroupID: groupID, State: state}, after, limit)
	if err != nil {
		return page, err
	}
	page.Next, page.Items = users.Next, make([]invitation.Member, len(users.Items))
	ids, at := make([]string, len(users.Items)), make(map[string]*invitation.Member, len(users.Items))
	for i, u := range users.Items {
		page.Items[i].Person = invitation.Person{ID: u.ID, FullName: u.FullName}
		ids[i], at[u.ID] = u.ID, &page.Items[i]
	}
	for _, fill := range []func(context.Context, []string, map[string]*invitation.Member) error{s.fillDevices, s.fillEnrollments, s.fillLast} {
		if err := fill(ctx, ids, at); err != nil {
			return page, fmt.Errorf("listing the members of group %s: %w", groupID, err)
		}
	}
	return page, nil
}

func (s *Store) fillDevices(ctx context.Context, ids []string, at map[string]*invitation.Member) error {
	in, args := inClause("user_id", ids)
	var rows []deviceRow
	err := s.reader().Select(ctx, &rows, "SELECT "+deviceColumns+" FROM devices WHERE deleted_at IS NULL AND "+in+" ORDER BY user_id, sort_name, id", args...)
	if err != nil {
		return fmt.Errorf("reading devices: %w", err)
	}
	for _, r := range rows {
		m := at[string(r.UserID)]
		m.Devices = append(m.Devices, invitation.DeviceName{ID: r.ID, Name: r.Name, Platform: string(r.Platform)})
	}
	return nil
}

func (s *Store) fillEnrollments(ctx context.Context, ids []string, at map[string]*invitation.Member) error {
	in, args := inClause("e.user_id", ids)
	var rows []enrollmentRow
	if err := s.reader().Select(ctx, &rows, enrollmentQuery+" AND "+in, args...); err != nil {
		return fmt.Errorf("reading enrollments: %w", err)
	}
	for _, r := range rows {
		at[r.UserID].EnrolledAt, at[r.UserID].Source = r.EnrolledAt.Time, r.Source
	}
	return nil
}

type lastRow struct {
	ID         string                `db:"id"`
	UserID     string                `db:"user_id"`
	Channel    invitation.Channel    `db:"channel"`
	State      invitation.State      `db:"state"`
	WaitingFor invitation.WaitingFor `db:"waiting_for"`
	CreatedAt  Time                  `db:"created_at"`
	SentAt     Time                  `db:"sent_at"`
	SettledAt  Time                  `db:"settled_at"`
}

func (s *Store) fillLast(ctx context.Context, ids []string, at map[string]*invitation.Member) error {
	in, args := inClause("user_id", ids)
	var rows []lastRow
	err := s.reader().Select(ctx, &rows, `SELECT id, user_id, channel, state, waiting_for, created_at, sent_at, settled_at FROM invitations
		WHERE id IN (SELECT MAX(id) FROM invitations WHERE `+in+" GROUP BY user_id)", args...)
	if err != nil {
		return fmt.Errorf("reading the last invitations: %w", err)
	}
	for _, r := range rows {
		at[r.UserID].Last = &invitation.LastInvitation{
			ID: r.ID, Channel: r.Channel, State: r.State, WaitingFor: r.WaitingFor,
			CreatedAt: r.CreatedAt.Time, SentAt: r.SentAt.Time, SettledAt: r.SettledAt.Time,
		}
	}
	return nil
}
