package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// SetPassphrase gives an administrator the hash of another passphrase and ends
// all of the administrator's sessions. Fault: not_found.
func (s *Store) SetPassphrase(ctx context.Context, actor people.Actor, id, hash string) (people.Administrator, error) {
	var updated people.Administrator
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		updated, err = setPassphrase(ctx, tx, actor, id, hash)
		return err
	})
	if err != nil {
		return people.Administrator{}, fmt.Errorf("setting the passphrase of administrator %s: %w", id, err)
	}
	return updated, nil
}

func setPassphrase(ctx context.Context, tx *Tx, actor people.Actor, id, hash string) (people.Administrator, error) {
	row, err := getAdministrator(ctx, tx, "id = ?", id)
	if err != nil {
		return people.Administrator{}, err
	}
	before := row.administrator()
	now, err := tx.Now(ctx)
	if err != nil {
		return before, err
	}
	n, err := tx.Exec(ctx, `UPDATE administrators SET passphrase = ?, epoch = epoch + 1, updated_at = ?, version = version + 1
		WHERE id = ? AND version = ?`, hash, now, id, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	if err := endSessions(ctx, tx, id); err != nil {
		return before, err
	}
	after := before
	after.HasPassphrase, after.Epoch, after.Version, after.UpdatedAt = true, before.Epoch+1, before.Version+1, now.Time
	tx.audit(actor, change{
		Action: "administrator.passphrase", Kind: "administrator", ID: id,
		Was: docOfAdministrator(before), Became: docOfAdministrator(after),
	})
	return after, nil
}

// endSessions signs an administrator out everywhere. What a browser still
// sends is of an older epoch too, should a session be written at this moment.
func endSessions(ctx context.Context, tx *Tx, id string) error {
	_, err := tx.Exec(ctx, "DELETE FROM sessions WHERE administrator_id = ?", id)
	return err
}
