package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// mdmMessage is a kind of message or token that is kept of an enrollment. By
// name they sort as a server that takes the devices over must hear them.
type mdmMessage string

const (
	mdmAuthenticate   mdmMessage = "authenticate"
	mdmAuthUser       mdmMessage = "authenticate_user"
	mdmAuthDigest     mdmMessage = "authenticate_user_digest"
	mdmTokenUpdate    mdmMessage = "token_update"
	mdmUnlockToken    mdmMessage = "unlock_token"
	mdmBootstrapToken mdmMessage = "bootstrap_token"
)

func (k mdmMessage) row(id string) string { return "mdm_messages/" + id + "/" + string(k) }

// putMDMMessage keeps the latest message of a kind; an empty one is removed.
func putMDMMessage(ctx context.Context, tx *Tx, id string, kind mdmMessage, message []byte, at Time) error {
	if len(message) == 0 {
		_, err := tx.Exec(ctx, "DELETE FROM mdm_messages WHERE enrollment_id = ? AND kind = ?", id, string(kind))
		return err
	}
	sealed, err := tx.store.seal(kind.row(id), message)
	if err != nil {
		return fmt.Errorf("sealing a message: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO mdm_messages (enrollment_id, kind, sealed, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (enrollment_id, kind) DO UPDATE SET sealed = excluded.sealed, at = excluded.at`,
		id, string(kind), sealed, at)
	return err
}

// KeepBootstrapToken keeps the token that a Mac escrowed; an empty one removes
// it. It does nothing for an enrollment that is not known.
func (m *MDM) KeepBootstrapToken(ctx context.Context, id string, token []byte) error {
	now := At(m.s.clock())
	err := m.s.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.Exec(ctx, "UPDATE mdm_enrollments SET last_seen_at = ? WHERE id = ?", now, id)
		if err != nil || n == 0 {
			return err
		}
		return putMDMMessage(ctx, tx, id, mdmBootstrapToken, token, now)
	})
	if err != nil {
		return fmt.Errorf("keeping the bootstrap token of device %s: %w", deviceOf(id), err)
	}
	return nil
}

// BootstrapToken gives the token that was escrowed; nil when there is none.
func (m *MDM) BootstrapToken(ctx context.Context, id string) ([]byte, error) {
	var sealed string
	err := m.s.reader().Get(ctx, &sealed, "SELECT sealed FROM mdm_messages WHERE enrollment_id = ? AND kind = ?", id, string(mdmBootstrapToken))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the bootstrap token of device %s: %w", deviceOf(id), err)
	}
	token, err := m.s.unseal(mdmBootstrapToken.row(id), sealed)
	if err != nil {
		return nil, fmt.Errorf("opening the bootstrap token of device %s: %w", deviceOf(id), err)
	}
	return token, nil
}

type mdmMessageRow struct {
	EnrollmentID string     `db:"enrollment_id"`
	Kind         mdmMessage `db:"kind"`
	Sealed       string     `db:"sealed"`
}

// devicesAtOnce is how many devices' messages are read in one step.
const devicesAtOnce = 100

// EachCheckin shows visit the check-in messages of every enrollment that is
// enabled, each device's own before those of its users, in the order in which
// they would come. It ends at the first error of visit.
func (m *MDM) EachCheckin(ctx context.Context, visit func(message []byte) error) error {
	for after := ""; ; {
		var devices []string
		err := m.s.reader().Select(ctx, &devices, `SELECT id FROM mdm_enrollments
			WHERE id > ? AND parent_id IS NULL AND enabled ORDER BY id LIMIT ?`, after, devicesAtOnce)
		if err != nil {
			return fmt.Errorf("reading enrollments: %w", err)
		}
		for _, id := range devices {
			if err := m.checkins(ctx, id, visit); err != nil {
				return err
			}
			after = id
		}
		if len(devices) < devicesAtOnce {
			return nil
		}
	}
}

func (m *MDM) checkins(ctx context.Context, deviceID string, visit func([]byte) error) error {
	var rows []mdmMessageRow
	err := m.s.reader().Select(ctx, &rows, `SELECT m.enrollment_id, m.kind, m.sealed FROM mdm_enrollments e
		JOIN mdm_messages m ON m.enrollment_id = e.id
		WHERE (e.id = ? OR e.parent_id = ?) AND e.enabled AND m.kind NOT IN ('unlock_token', 'bootstrap_token')
		ORDER BY e.parent_id NULLS FIRST, e.id, m.kind`, deviceID, deviceID)
	if err != nil {
		return fmt.Errorf("reading the messages of device %s: %w", deviceID, err)
	}
	for _, row := range rows {
		message, err := m.s.unseal(row.Kind.row(row.EnrollmentID), row.Sealed)
		if err != nil {
			return fmt.Errorf("opening a message of device %s: %w", deviceID, err)
		}
		if err := visit(message); err != nil {
			return err
		}
	}
	return nil
}
