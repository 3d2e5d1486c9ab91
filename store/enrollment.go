package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

type enrollmentRow struct {
	UserID     string            `db:"user_id"`
	FullName   string            `db:"full_name"`
	EnrolledAt Time              `db:"enrolled_at"`
	Source     invitation.Source `db:"source"`
	Location   string            `db:"location"`
}

func (r enrollmentRow) enrollment() invitation.Enrollment {
	return invitation.Enrollment{UserID: r.UserID, FullName: r.FullName, EnrolledAt: r.EnrolledAt.Time, Source: r.Source, Location: r.Location}
}

func (r enrollmentRow) cursor() people.Cursor {
	return people.Cursor{Key: r.EnrolledAt.Format(timeLayout), ID: r.UserID}
}

const enrollmentQuery = "SELECT e.user_id, u.full_name, e.enrolled_at, e.source, e.location FROM enrollments e CROSS JOIN users u WHERE u.id = e.user_id AND u.deleted_at IS NULL"

// Enrollment tells when and how a user was enrolled; not_found for who is not.
func (s *Store) Enrollment(ctx context.Context, userID string) (invitation.Enrollment, error) {
	var row enrollmentRow
	if err := s.reader().Get(ctx, &row, enrollmentQuery+" AND e.user_id = ?", userID); err != nil {
		return invitation.Enrollment{}, fmt.Errorf("reading the enrollment of user %s: %w", userID, orNotFound(err, "This user is not enrolled."))
	}
	return row.enrollment(), nil
}

// ListEnrollments lists enrolled users by the time of their enrollment, the
// latest first; a group id narrows it to members through nesting.
func (s *Store) ListEnrollments(ctx context.Context, groupID string, after people.Cursor, limit int) (people.Page[invitation.Enrollment], error) {
	var rows []enrollmentRow
	at := Time{}
	if after != (people.Cursor{}) {
		if err := at.parse(after.Key); err != nil {
			return people.Page[invitation.Enrollment]{}, badCursor()
		}
	}
	query, args := enrollmentQuery, []any{}
	if !at.IsZero() {
		query, args = query+" AND (e.enrolled_at, e.user_id) < (?, ?)", append(args, at, after.ID)
	}
	if groupID != "" {
		query, args = query+" AND e.user_id IN ("+membersOf+")", append(args, groupID)
	}
	err := s.reader().Select(ctx, &rows, query+" ORDER BY e.enrolled_at DESC, e.user_id DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return people.Page[invitation.Enrollment]{}, fmt.Errorf("listing enrollments: %w", err)
	}
	return pageOf(rows, limit, enrollmentRow.enrollment, enrollmentRow.cursor), nil
}

// DeleteEnrollment ends a user's enrollment, and the account at Apple where
// there is one; the user can be invited again. Fault: not_found.
func (s *Store) DeleteEnrollment(ctx context.Context, actor people.Actor, userID string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		ended, err := unenroll(ctx, tx, actor, userID)
		if err != nil {
			return err
		}
		if !ended {
			return fault.New(fault.NotFound, "This user is not enrolled.")
		}
		return retire(ctx, tx, []string{userID})
	})
	if err != nil {
		return fmt.Errorf("ending the enrollment of user %s: %w", userID, err)
	}
	return nil
}

// unenroll ends a user's enrollment, if there is one.
func unenroll(ctx context.Context, tx *Tx, actor people.Actor, userID string) (ended bool, err error) {
	n, err := tx.Exec(ctx, "DELETE FROM enrollments WHERE user_id = ?", userID)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE users SET state = CASE WHEN invited_at IS NULL THEN 'not_invited' ELSE 'invited' END,
		enrolled_at = NULL, version = version + 1 WHERE id = ?`, userID)
	if err != nil {
		return false, fmt.Errorf("marking user %s as not enrolled: %w", userID, err)
	}
	tx.audit(actor, change{Action: "enrollment.delete", Kind: "enrollment", ID: userID})
	return true, nil
}
