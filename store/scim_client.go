package store

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"heraut/fault"
	"heraut/people"
)

type scimClientRow struct {
	ID         string `db:"id"`
	Name       string `db:"name"`
	Hash       string `db:"hash"`
	CreatedAt  Time   `db:"created_at"`
	LastUsedAt Time   `db:"last_used_at"`
	OldUntil   Time   `db:"old_until"`
}

const scimClientColumns = `id, name, hash, created_at, last_used_at,
	(SELECT MAX(valid_until) FROM scim_old_tokens WHERE client_id = scim_clients.id) AS old_until`

// client is the row as of a moment: of tokens that have ended it says nothing.
func (r scimClientRow) client(now time.Time) people.SCIMClient {
	c := people.SCIMClient{ID: r.ID, Name: r.Name, CreatedAt: r.CreatedAt.Time, LastUsedAt: r.LastUsedAt.Time}
	if r.OldUntil.After(now) {
		c.OldTokenUntil = r.OldUntil.Time
	}
	return c
}

func (r scimClientRow) cursor() people.Cursor { return people.Cursor{ID: r.ID} }

// scimClientDoc is a client in the audit log.
type scimClientDoc struct {
	Name string `json:"name"`
}

// scimPrefix keeps a client's token from being taken for an API key, whose
// prefix is followed by an id at once.
const scimPrefix = keyPrefix + "scim_"

// CreateSCIMClient makes a client and returns it with its token
// ("heraut_scim_<id>_<secret>"), of which only a hash is kept.
func (s *Store) CreateSCIMClient(ctx context.Context, actor people.Actor, c people.SCIMClient) (client people.SCIMClient, token string, err error) {
	c.Name = strings.TrimSpace(c.Name)
	if err := c.Check(); err != nil {
		return people.SCIMClient{}, "", err
	}
	word := newWord()
	c.ID, c.LastUsedAt = newID(), time.Time{}
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		c.CreatedAt = now.Time
		_, err = tx.Exec(ctx, "INSERT INTO scim_clients (id, name, hash, created_at) VALUES (?, ?, ?, ?)", c.ID, c.Name, hashKey(word), now)
		tx.audit(actor, change{Action: "scim_client.create", Kind: "scim_client", ID: c.ID, Became: scimClientDoc{c.Name}})
		return err
	})
	if err != nil {
		return people.SCIMClient{}, "", fmt.Errorf("creating a SCIM client: %w", err)
	}
	return c, scimPrefix + c.ID + "_" + word, nil
}

// AuthenticateSCIM returns the client of a presented token, and notes once a
// minute that it was used. Any token that is malformed, unknown, wrong or
// withdrawn gets the same unauthenticated fault.
func (s *Store) AuthenticateSCIM(ctx context.Context, presented string) (people.SCIMClient, error) {
	refused := fault.New(fault.Unauthenticated, "This token is not valid.")
	id, word, ok := splitKey(scimPrefix, presented)
	if !ok {
		return people.SCIMClient{}, refused
	}
	var row scimClientRow
	err := s.reader().Get(ctx, &row, "SELECT "+scimClientColumns+" FROM scim_clients WHERE id = ? AND revoked_at IS NULL", id)
	if err != nil {
		if fault.Is(orNotFound(err, ""), fault.NotFound) {
			return people.SCIMClient{}, refused
		}
		return people.SCIMClient{}, fmt.Errorf("looking up a SCIM client: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(row.Hash), []byte(hashKey(word))) != 1 {
		valid, err := s.oldSCIMToken(ctx, id, word)
		if err != nil {
			return people.SCIMClient{}, fmt.Errorf("looking up a SCIM token: %w", err)
		}
		if !valid {
			return people.SCIMClient{}, refused
		}
	}
	err = s.noteUse(ctx, "scim_clients", row.ID, row.LastUsedAt)
	if err != nil && !errors.Is(err, ctx.Err()) && !fault.Is(err, fault.Unavailable) {
		return people.SCIMClient{}, fmt.Errorf("noting the use of SCIM client %s: %w", id, err)
	}
	return row.client(s.clock()), nil
}

// ListSCIMClients returns the clients that are not withdrawn, the oldest first.
func (s *Store) ListSCIMClients(ctx context.Context, after people.Cursor, limit int) (people.Page[people.SCIMClient], error) {
	var rows []scimClientRow
	err := s.reader().Select(ctx, &rows, "SELECT "+scimClientColumns+" FROM scim_clients WHERE revoked_at IS NULL AND id > ? ORDER BY id LIMIT ?", after.ID, limit+1)
	if err != nil {
		return people.Page[people.SCIMClient]{}, fmt.Errorf("listing SCIM clients: %w", err)
	}
	now := s.clock()
	show := func(r scimClientRow) people.SCIMClient { return r.client(now) }
	return pageOf(rows, limit, show, scimClientRow.cursor), nil
}

// DeleteSCIMClient ends a client and its tokens at once. Whom and what it
// brought stays, as if made by hand, together with the client's ids of them: by
// these another client takes them over. Fault: not_found, also when it was
// deleted before.
func (s *Store) DeleteSCIMClient(ctx context.Context, actor people.Actor, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var row scimClientRow
		err = tx.Get(ctx, &row, "UPDATE scim_clients SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING "+scimClientColumns, now, id)
		if err != nil {
			return orNotFound(err, "SCIM client not found.")
		}
		if _, err := tx.Exec(ctx, "DELETE FROM scim_old_tokens WHERE client_id = ?", id); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "scim_client.delete", Kind: "scim_client", ID: id, Was: scimClientDoc{row.Name}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting SCIM client %s: %w", id, err)
	}
	return nil
}
