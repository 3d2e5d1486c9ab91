package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// RotateSCIMToken gives a client another token and returns it, of which only a
// hash is kept. Those before it work for people.SCIMTokenOverlap from when they
// were replaced, or with endOld no longer. Fault: not_found.
func (s *Store) RotateSCIMToken(ctx context.Context, actor people.Actor, id string, endOld bool) (client people.SCIMClient, token string, err error) {
	word := newWord()
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := replaceSCIMToken(ctx, tx, id, now, endOld); err != nil {
			return err
		}
		var row scimClientRow
		err = tx.Get(ctx, &row, "UPDATE scim_clients SET hash = ? WHERE id = ? AND revoked_at IS NULL RETURNING "+scimClientColumns, hashKey(word), id)
		if err != nil {
			return orNotFound(err, "SCIM client not found.")
		}
		client = row.client(now.Time)
		tx.audit(actor, change{Action: "scim_client.rotate", Kind: "scim_client", ID: id, Became: scimClientDoc{row.Name}})
		return nil
	})
	if err != nil {
		return people.SCIMClient{}, "", fmt.Errorf("rotating the token of SCIM client %s: %w", id, err)
	}
	return client, scimPrefix + id + "_" + word, nil
}

// replaceSCIMToken puts the token of now with the old ones, or ends them all.
// A client that is not there has none.
func replaceSCIMToken(ctx context.Context, tx *Tx, id string, now Time, endOld bool) error {
	over := At(now.Add(people.SCIMTokenOverlap))
	if _, err := tx.Exec(ctx, "DELETE FROM scim_old_tokens WHERE client_id = ? AND (valid_until <= ? OR ?)", id, now, endOld); err != nil {
		return err
	}
	if endOld {
		return nil
	}
	_, err := tx.Exec(ctx, `INSERT INTO scim_old_tokens (client_id, hash, valid_until)
		SELECT id, hash, ? FROM scim_clients WHERE id = ? AND revoked_at IS NULL`, over, id)
	return err
}

// oldSCIMToken tells whether a secret was replaced and still works.
func (s *Store) oldSCIMToken(ctx context.Context, id, word string) (valid bool, err error) {
	err = s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		return tx.Get(ctx, &valid, "SELECT COUNT(*) > 0 FROM scim_old_tokens WHERE client_id = ? AND hash = ? AND valid_until > ?", id, hashKey(word), now)
	})
	return valid, err
}
