package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"heraut/fault"
	"heraut/people"
)

type keyRow struct {
	ID         string      `db:"id"`
	Name       string      `db:"name"`
	Role       people.Role `db:"role"`
	Hash       string      `db:"hash"`
	CreatedAt  Time        `db:"created_at"`
	LastUsedAt Time        `db:"last_used_at"`
}

const keyColumns = "id, name, role, hash, created_at, last_used_at"

func (r keyRow) key() people.APIKey {
	return people.APIKey{ID: r.ID, Name: r.Name, Role: r.Role, CreatedAt: r.CreatedAt.Time, LastUsedAt: r.LastUsedAt.Time}
}

func (r keyRow) cursor() people.Cursor { return people.Cursor{ID: r.ID} }

// keyDoc is an API key in the audit log.
type keyDoc struct {
	Name string      `json:"name"`
	Role people.Role `json:"role"`
}

const keyPrefix = "heraut_"

// CreateKey makes an API key and returns it with its secret form
// ("heraut_<id>_<secret>"), of which only a hash is kept.
func (s *Store) CreateKey(ctx context.Context, actor people.Actor, k people.APIKey) (key people.APIKey, secret string, err error) {
	k.Name = strings.TrimSpace(k.Name)
	if err := k.Check(); err != nil {
		return people.APIKey{}, "", err
	}
	word := newWord()
	k.ID, k.LastUsedAt = newID(), time.Time{}
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		k.CreatedAt = now.Time
		_, err = tx.Exec(ctx, "INSERT INTO api_keys (id, name, role, hash, created_at) VALUES (?, ?, ?, ?, ?)",
			k.ID, k.Name, string(k.Role), hashKey(word), now)
		tx.audit(actor, change{Action: "key.create", Kind: "key", ID: k.ID, Became: keyDoc{k.Name, k.Role}})
		return err
	})
	if err != nil {
		return people.APIKey{}, "", fmt.Errorf("creating an API key: %w", err)
	}
	return k, keyPrefix + k.ID + "_" + word, nil
}

// newWord makes 256 random bits to show once.
func newWord() string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	return base64.RawURLEncoding.EncodeToString(random)
}

// hashKey needs no salt and no slow hash: the word is 256 random bits.
func hashKey(word string) string {
	sum := sha256.Sum256([]byte(word))
	return hex.EncodeToString(sum[:])
}

// Authenticate returns the key of a presented secret form, and notes once a
// minute that it was used. Any key that is malformed, unknown, wrong or
// revoked gets the same unauthenticated fault.
func (s *Store) Authenticate(ctx context.Context, presented string) (people.APIKey, error) {
	refused := fault.New(fault.Unauthenticated, "This API key is not valid.")
	id, word, ok := splitKey(keyPrefix, presented)
	if !ok {
		return people.APIKey{}, refused
	}
	var row keyRow
	err := s.reader().Get(ctx, &row, "SELECT "+keyColumns+" FROM api_keys WHERE id = ? AND revoked_at IS NULL", id)
	if err != nil {
		if fault.Is(orNotFound(err, ""), fault.NotFound) {
			return people.APIKey{}, refused
		}
		return people.APIKey{}, fmt.Errorf("looking up an API key: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(row.Hash), []byte(hashKey(word))) != 1 {
		return people.APIKey{}, refused
	}
	if err := s.noteUse(ctx, "api_keys", row.ID, row.LastUsedAt); err != nil && !errors.Is(err, ctx.Err()) && !fault.Is(err, fault.Unavailable) {
		return people.APIKey{}, fmt.Errorf("noting the use of key %s: %w", id, err)
	}
	return row.key(), nil
}

// splitKey takes "<prefix><uuid>_<secret>" apart.
func splitKey(prefix, presented string) (id, word string, ok bool) {
	rest, ok := strings.CutPrefix(presented, prefix)
	if !ok || len(presented) > 200 {
		return "", "", false
	}
	id, word, ok = strings.Cut(rest, "_")
	return id, word, ok && uuid.Validate(id) == nil && word != ""
}

// noteUse writes down, once a minute, that a key of the table was used.
func (s *Store) noteUse(ctx context.Context, table, id string, last Time) error {
	if s.clock().Sub(last.Time) < time.Minute {
		return nil
	}
	return s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE "+table+" SET last_used_at = ? WHERE id = ? AND (last_used_at IS NULL OR last_used_at < ?)",
			now, id, At(now.Add(-time.Minute)))
		return err
	})
}

// ListKeys returns the keys that are not revoked, the oldest first.
func (s *Store) ListKeys(ctx context.Context, after people.Cursor, limit int) (people.Page[people.APIKey], error) {
	var rows []keyRow
	err := s.reader().Select(ctx, &rows, "SELECT "+keyColumns+" FROM api_keys WHERE revoked_at IS NULL AND id > ? ORDER BY id LIMIT ?", after.ID, limit+1)
	if err != nil {
		return people.Page[people.APIKey]{}, fmt.Errorf("listing API keys: %w", err)
	}
	return pageOf(rows, limit, keyRow.key, keyRow.cursor), nil
}

// RevokeKey ends a key at once. Fault: not_found, also when it was revoked
// before.
func (s *Store) RevokeKey(ctx context.Context, actor people.Actor, id string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var row keyRow
		err = tx.Get(ctx, &row, "UPDATE api_keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL RETURNING "+keyColumns, now, id)
		if err != nil {
			return orNotFound(err, "API key not found.")
		}
		tx.audit(actor, change{Action: "key.revoke", Kind: "key", ID: id, Was: keyDoc{row.Name, row.Role}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("revoking API key %s: %w", id, err)
	}
	return nil
}
