package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// UseSignInLink uses a link up: it sets the passphrase, by its hash, of the
// administrator whom the link is for, or makes the first administrator, an
// admin with the name and login of first. Whatever was signed in as the
// administrator is signed out. Of all who try at once, one wins; the others
// get a conflict, as do those who come after the link's end. Faults: those,
// not_found for a link that never was, and those of CreateAdministrator.
func (s *Store) UseSignInLink(ctx context.Context, hash []byte, first people.Administrator, passphrase string) (people.Administrator, error) {
	var a people.Administrator
	err := s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		link, err := tx.signInLink(ctx, hash)
		if err != nil {
			return err
		}
		if err := tx.takeSignInLink(ctx, hash); err != nil {
			return err
		}
		if link.First() {
			a, err = firstAdministrator(ctx, tx, first, passphrase)
			return err
		}
		a, err = setPassphrase(ctx, tx, link.Administrator.Actor(), link.Administrator.ID, passphrase)
		return err
	})
	if err != nil {
		return people.Administrator{}, fmt.Errorf("using a sign-in link: %w", err)
	}
	return a, nil
}

func (tx *Tx) takeSignInLink(ctx context.Context, hash []byte) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE sign_in_links SET used_at = ? WHERE hash = ? AND used_at IS NULL AND expires_at > ?", now, hash, now)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "This link was used before, or its time is over.")
	}
	return err
}

func firstAdministrator(ctx context.Context, tx *Tx, a people.Administrator, passphrase string) (people.Administrator, error) {
	if err := noneYet(ctx, tx); err != nil {
		return a, err
	}
	a.Role = people.Admin
	return createAdministrator(ctx, tx, people.System("first administrator"), a, passphrase)
}
