package store

import (
	"context"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

// forgetLinks is how long an enrollment link that is over is still known, so
// that its page can say so.
const forgetLinks = 90 * 24 * time.Hour

// linkDoc is an enrollment link in the audit log.
type linkDoc struct {
	UserID    string    `json:"user_id"`
	ExpiresAt time.Time `json:"expires_at"`
}

// CreateEnrollmentLink keeps a link with the ID and UserID of l, by the hash of
// its token and that of its code, and returns it as it is read. Faults:
// not_found for the user, conflict for one who is disabled.
func (s *Store) CreateEnrollmentLink(ctx context.Context, actor people.Actor, l people.EnrollmentLink, hash, codeHash []byte, life time.Duration) (people.EnrollmentLink, error) {
	var made people.EnrollmentLink
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		user, err := getUser(ctx, tx, l.UserID)
		if err != nil {
			return err
		}
		if user.Disabled {
			return fault.New(fault.Conflict, "This user is disabled, and enrolls no device.")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM enrollment_links WHERE user_id = ? AND expires_at < ?", l.UserID, At(now.Add(-forgetLinks))); err != nil {
			return err
		}
		until := At(now.Add(life))
		_, err = tx.Exec(ctx, "INSERT INTO enrollment_links (id, user_id, hash, code_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
			l.ID, l.UserID, hash, codeHash, now, until)
		if err != nil {
			return err
		}
		tx.audit(actor, change{Action: "enrollment_link.create", Kind: "enrollment_link", ID: l.ID, Became: linkDoc{l.UserID, until.Time}})
		made, err = tx.enrollmentLink(ctx, "l.id = ?", l.ID)
		return err
	})
	if err != nil {
		return people.EnrollmentLink{}, fmt.Errorf("creating an enrollment link for user %s: %w", l.UserID, err)
	}
	return made, nil
}

// EnrollmentLink returns a link; not_found when there is none, or its user was
// deleted.
func (s *Store) EnrollmentLink(ctx context.Context, id string) (people.EnrollmentLink, error) {
	return s.enrollmentLink(ctx, "l.id = ?", id)
}

// EnrollmentByLink is EnrollmentLink by the hash of the link's token. While the
// user is disabled there is none.
func (s *Store) EnrollmentByLink(ctx context.Context, hash []byte) (people.EnrollmentLink, error) {
	return s.enrollmentLink(ctx, "u.disabled_at IS NULL AND l.hash = ?", hash)
}

// EnrollmentByCode is EnrollmentByLink by the hash of the link's code.
func (s *Store) EnrollmentByCode(ctx context.Context, codeHash []byte) (people.EnrollmentLink, error) {
	return s.enrollmentLink(ctx, "u.disabled_at IS NULL AND l.code_hash = ?", codeHash)
}

func (s *Store) enrollmentLink(ctx context.Context, where string, arg any) (people.EnrollmentLink, error) {
	var link people.EnrollmentLink
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		link, err = tx.enrollmentLink(ctx, where, arg)
		return err
	})
	if err != nil {
		return link, fmt.Errorf("reading an enrollment link: %w", err)
	}
	return link, nil
}

type enrollmentLinkRow struct {
	ID        string `db:"id"`
	UserID    string `db:"user_id"`
	FullName  string `db:"full_name"`
	Language  string `db:"language"`
	CreatedAt Time   `db:"created_at"`
	ExpiresAt Time   `db:"expires_at"`
	UsedAt    Time   `db:"used_at"`
}

func (tx *Tx) enrollmentLink(ctx context.Context, where string, arg any) (people.EnrollmentLink, error) {
	var row enrollmentLinkRow
	err := tx.Get(ctx, &row, `SELECT l.id, l.user_id, u.full_name, u.language, l.created_at, l.expires_at, l.used_at
		FROM enrollment_links l JOIN users u ON u.id = l.user_id WHERE u.deleted_at IS NULL AND `+where, arg)
	if err != nil {
		return people.EnrollmentLink{}, orNotFound(err, "Enrollment link not found.")
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return people.EnrollmentLink{}, err
	}
	link := people.EnrollmentLink{
		ID: row.ID, UserID: row.UserID, FullName: row.FullName, Language: row.Language,
		CreatedAt: row.CreatedAt.Time, ExpiresAt: row.ExpiresAt.Time, UsedAt: row.UsedAt.Time,
		Expired: !now.Before(row.ExpiresAt.Time),
	}
	err = tx.Select(ctx, &link.Devices, "SELECT name FROM devices WHERE user_id = ? AND deleted_at IS NULL ORDER BY sort_name, id", row.UserID)
	return link, err
}
