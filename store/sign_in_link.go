package store

import (
	"context"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

// keepSignInLinks is how long a link that is over is still known, so that its
// page can say so.
const keepSignInLinks = 7 * 24 * time.Hour

// CreateSignInLink keeps a one-time link by the hash of its token, and ends
// those that were made for the same before. Without an administrator it makes
// the first one. Faults: not_found; conflict for a first link while an admin
// can sign in.
func (s *Store) CreateSignInLink(ctx context.Context, actor people.Actor, administratorID string, hash []byte, life time.Duration) (people.SignInLink, error) {
	var link people.SignInLink
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := mayHaveLink(ctx, tx, administratorID); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		of, args := linksOf(administratorID)
		if _, err := tx.Exec(ctx, "DELETE FROM sign_in_links WHERE "+of, args...); err != nil {
			return err
		}
		until := At(now.Add(life))
		_, err = tx.Exec(ctx, "INSERT INTO sign_in_links (hash, administrator_id, created_at, expires_at) VALUES (?, ?, ?, ?)",
			hash, Text(administratorID), now, until)
		if err != nil {
			return err
		}
		tx.audit(actor, change{Action: "sign_in_link.create", Kind: "administrator", ID: administratorID, Became: signInLinkDoc{until.Time}})
		link, err = tx.signInLink(ctx, hash)
		return err
	})
	if err != nil {
		return people.SignInLink{}, fmt.Errorf("creating a sign-in link: %w", err)
	}
	return link, nil
}

// signInLinkDoc is a link in the audit log.
type signInLinkDoc struct {
	ExpiresAt time.Time `json:"expires_at"`
}

// linksOf selects the links of an administrator, or those of the first one.
func linksOf(administratorID string) (where string, args []any) {
	if administratorID == "" {
		return "administrator_id IS NULL", nil
	}
	return "administrator_id = ?", []any{administratorID}
}

func mayHaveLink(ctx context.Context, tx *Tx, administratorID string) error {
	if administratorID != "" {
		_, err := getAdministrator(ctx, tx, "id = ?", administratorID)
		return err
	}
	return noneYet(ctx, tx)
}

// noneYet refuses a first administrator beside another.
func noneYet(ctx context.Context, tx *Tx) error {
	n, err := otherAdmins(ctx, tx, "")
	if err != nil || n == 0 {
		return err
	}
	return fault.New(fault.Conflict, "There is an administrator already.")
}

// SignInLink returns a link by the hash of its token; not_found when there is
// none.
func (s *Store) SignInLink(ctx context.Context, hash []byte) (people.SignInLink, error) {
	var link people.SignInLink
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		link, err = tx.signInLink(ctx, hash)
		return err
	})
	return link, err
}

type signInLinkRow struct {
	AdministratorID Text `db:"administrator_id"`
	CreatedAt       Time `db:"created_at"`
	ExpiresAt       Time `db:"expires_at"`
	UsedAt          Time `db:"used_at"`
}

func (tx *Tx) signInLink(ctx context.Context, hash []byte) (people.SignInLink, error) {
	var row signInLinkRow
	err := tx.Get(ctx, &row, "SELECT administrator_id, created_at, expires_at, used_at FROM sign_in_links WHERE hash = ?", hash)
	if err != nil {
		return people.SignInLink{}, fmt.Errorf("reading a sign-in link: %w", orNotFound(err, "Sign-in link not found."))
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return people.SignInLink{}, err
	}
	link := people.SignInLink{
		CreatedAt: row.CreatedAt.Time, ExpiresAt: row.ExpiresAt.Time, UsedAt: row.UsedAt.Time,
		Expired: !now.Before(row.ExpiresAt.Time),
	}
	if row.AdministratorID == "" {
		return link, nil
	}
	of, err := getAdministrator(ctx, tx, "id = ?", string(row.AdministratorID))
	link.Administrator = of.administrator()
	return link, err
}
