package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// UpdateAdministrator changes name, login, role, language and theme by edit,
// which may run more than once. Another role ends the administrator's sessions
// at once. Faults: not_found, precondition_failed when ifVersion is given and
// is not the administrator's, invalid_request, and conflict for a login that is
// taken or a last admin who would be none.
func (s *Store) UpdateAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64,
	edit func(people.Administrator) (people.Administrator, error),
) (people.Administrator, error) {
	var updated people.Administrator
	// Serializable: two admins who demote each other must not both succeed.
	err := s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := getAdministrator(ctx, tx, "id = ?", id)
		if err != nil {
			return err
		}
		before := row.administrator()
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		if updated, err = edit(before); err != nil {
			return err
		}
		updated, err = saveAdministrator(ctx, tx, actor, before, updated)
		return err
	})
	if err != nil {
		return people.Administrator{}, fmt.Errorf("updating administrator %s: %w", id, err)
	}
	return updated, nil
}

func saveAdministrator(ctx context.Context, tx *Tx, actor people.Actor, before, after people.Administrator) (people.Administrator, error) {
	kept := before
	kept.Name, kept.Login, kept.Role, kept.Language, kept.Theme = after.Name, after.Login, after.Role, after.Language, after.Theme
	after = kept.Clean()
	if after == before {
		tx.Made("administrator", before.ID)
		return before, nil
	}
	if err := after.Check(); err != nil {
		return before, err
	}
	if after.Role != before.Role {
		after.Epoch++
		if err := leaves(ctx, tx, before); err != nil {
			return before, err
		}
		if err := endSessions(ctx, tx, before.ID); err != nil {
			return before, err
		}
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return before, err
	}
	after.UpdatedAt, after.Version = now.Time, before.Version+1
	n, err := tx.Exec(ctx, `UPDATE administrators SET name = ?, login = ?, login_key = ?, role = ?, language = ?, theme = ?, epoch = ?,
		updated_at = ?, version = version + 1 WHERE id = ? AND version = ?`,
		after.Name, after.Login, loginKey(after.Login), string(after.Role), after.Language, string(after.Theme), after.Epoch,
		now, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	tx.audit(actor, change{
		Action: "administrator.update", Kind: "administrator", ID: before.ID,
		Was: docOfAdministrator(before), Became: docOfAdministrator(after),
	})
	return after, nil
}

// DeleteAdministrator takes an administrator away, with all sessions and
// links. Faults: not_found, precondition_failed, conflict for the last admin.
func (s *Store) DeleteAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error {
	err := s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := getAdministrator(ctx, tx, "id = ?", id)
		if err != nil {
			return err
		}
		before := row.administrator()
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		if err := leaves(ctx, tx, before); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM administrators WHERE id = ?", id); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "administrator.delete", Kind: "administrator", ID: id, Was: docOfAdministrator(before)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting administrator %s: %w", id, err)
	}
	return nil
}

// leaves refuses that the last admin who can sign in is one no longer.
func leaves(ctx context.Context, tx *Tx, a people.Administrator) error {
	if a.Role != people.Admin || !a.CanSignIn() {
		return nil
	}
	others, err := otherAdmins(ctx, tx, a.ID)
	if err != nil || others > 0 {
		return err
	}
	return fault.New(fault.Conflict, "This is the last administrator with the role admin who can sign in. Give somebody else that role first.")
}

// otherAdmins counts the admins who can sign in, without one.
func otherAdmins(ctx context.Context, from getter, without string) (int, error) {
	var n int
	err := from.Get(ctx, &n, `SELECT count(*) FROM administrators
		WHERE role = 'admin' AND id <> ? AND (passphrase <> '' OR issuer IS NOT NULL)`, without)
	if err != nil {
		return 0, fmt.Errorf("counting admins: %w", err)
	}
	return n, nil
}
