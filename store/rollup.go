package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// LastInvitations tells, for each of the users, the invitation that says how it
// stands: the latest one that was accepted, or else the newest. Users without
// any are left out.
func (s *Store) LastInvitations(ctx context.Context, userIDs ...string) (map[string]invitation.Invitation, error) {
	last := make(map[string]invitation.Invitation, len(userIDs))
	for chunk := range slices.Chunk(userIDs, maxIn) {
		if err := s.lastInvitations(ctx, chunk, last); err != nil {
			return nil, fmt.Errorf("reading the last invitations: %w", err)
		}
	}
	return last, nil
}

func (s *Store) lastInvitations(ctx context.Context, userIDs []string, into map[string]invitation.Invitation) error {
	return s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var rows []invitationRow
		in, args := inClause("p.id", userIDs)
		err = tx.Select(ctx, &rows, "SELECT "+invitationColumns+invitationJoins+`WHERE i.id IN (
				SELECT (SELECT x.id FROM invitations x WHERE x.user_id = p.id ORDER BY CASE x.state WHEN 'accepted' THEN 1 ELSE 0 END DESC, x.id DESC LIMIT 1)
				FROM users p WHERE `+in+`)`, args...)
		if err != nil {
			return err
		}
		page, err := finish(ctx, tx, people.Page[invitationRow]{Items: rows}, now.Time)
		for _, one := range page.Items {
			into[one.User.ID] = one
		}
		return err
	})
}

// EnrollmentsOf tells when and how each of the users enrolled; those who are
// not enrolled are left out.
func (s *Store) EnrollmentsOf(ctx context.Context, userIDs ...string) (map[string]invitation.Enrollment, error) {
	enrolled := make(map[string]invitation.Enrollment, len(userIDs))
	for chunk := range slices.Chunk(userIDs, maxIn) {
		var rows []enrollmentRow
		in, args := inClause("e.user_id", chunk)
		err := s.reader().SelectFor(ctx, &rows, "SELECT e.user_id, u.full_name, e.enrolled_at, e.source FROM enrollments e JOIN users u ON u.id = e.user_id WHERE "+in, args...)
		if err != nil {
			return nil, fmt.Errorf("reading the enrollments of users: %w", err)
		}
		for _, row := range rows {
			enrolled[row.UserID] = row.enrollment()
		}
	}
	return enrolled, nil
}
