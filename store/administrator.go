package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// CreateAdministrator stores an administrator who can not sign in yet: a link
// or an identity provider opens the way. Faults: invalid_request, conflict for
// a login that is taken.
func (s *Store) CreateAdministrator(ctx context.Context, actor people.Actor, a people.Administrator) (people.Administrator, error) {
	var made people.Administrator
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		made, err = createAdministrator(ctx, tx, actor, a, "")
		return err
	})
	if err != nil {
		return people.Administrator{}, fmt.Errorf("creating an administrator: %w", err)
	}
	return made, nil
}

func createAdministrator(ctx context.Context, tx *Tx, actor people.Actor, a people.Administrator, passphrase string) (people.Administrator, error) {
	a = a.Clean()
	if err := a.Check(); err != nil {
		return a, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return a, err
	}
	a.ID, a.Epoch, a.Version, a.HasPassphrase, a.Issuer = newID(), 1, 1, passphrase != "", ""
	a.CreatedAt, a.UpdatedAt = now.Time, now.Time
	_, err = tx.Exec(ctx, `INSERT INTO administrators (id, name, login, login_key, role, passphrase, language, theme, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, a.Name, a.Login, loginKey(a.Login), string(a.Role), passphrase, a.Language, string(a.Theme), now, now)
	if err != nil {
		return a, err
	}
	tx.audit(actor, change{Action: "administrator.create", Kind: "administrator", ID: a.ID, Became: docOfAdministrator(a)})
	return a, nil
}

// Administrator returns an administrator; not_found when there is none.
func (s *Store) Administrator(ctx context.Context, id string) (people.Administrator, error) {
	row, err := getAdministrator(ctx, s.reader(), "id = ?", id)
	return row.administrator(), err
}

// Credentials returns the administrator with a login, in any case, and the
// hash of the passphrase, empty where there is none. Fault: not_found.
func (s *Store) Credentials(ctx context.Context, login string) (a people.Administrator, passphrase string, err error) {
	row, err := getAdministrator(ctx, s.reader(), "login_key = ?", loginKey(login))
	return row.administrator(), row.Passphrase, err
}

// HasAdministrator tells whether there is anybody with the role admin who can
// sign in.
func (s *Store) HasAdministrator(ctx context.Context) (bool, error) {
	n, err := otherAdmins(ctx, s.reader(), "")
	return n > 0, err
}

// ListAdministrators returns all administrators, the oldest first.
func (s *Store) ListAdministrators(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Administrator], error) {
	var rows []administratorRow
	err := s.reader().Select(ctx, &rows, "SELECT "+administratorColumns+" FROM administrators WHERE id > ? ORDER BY id LIMIT ?", after.ID, limit+1)
	if err != nil {
		return people.Page[people.Administrator]{}, fmt.Errorf("listing administrators: %w", err)
	}
	return pageOf(rows, limit, administratorRow.administrator, administratorRow.cursor), nil
}
