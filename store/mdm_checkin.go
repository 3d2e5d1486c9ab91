package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"heraut/fault"
)

// MDMPush is where a wake-up for an enrollment goes.
type MDMPush struct {
	Topic string
	Magic string
	Token []byte
}

func (p MDMPush) check() error {
	if len(p.Token) == 0 || len(p.Token) > maxMDMPush {
		return fault.Invalid(fault.Field{Pointer: "Token", Message: "Give a token of at most 255 bytes."})
	}
	return errors.Join(checkMDMText("Topic", p.Topic, maxMDMPush), checkMDMText("PushMagic", p.Magic, maxMDMPush))
}

func magicRow(id string) string { return "mdm_enrollments/" + id + "/push_magic" }

// Authenticated notes that a device wants to enroll and keeps its message. It
// changes nothing for an enrollment that stands: see ClearCommands and Disable.
// The bootstrap token of an earlier enrollment goes.
func (m *MDM) Authenticated(ctx context.Context, e MDMEnrollment, message []byte) error {
	if err := e.check(); err != nil {
		return err
	}
	return m.enroll(ctx, e, func(ctx context.Context, tx *Tx, now Time) error {
		if err := putMDMMessage(ctx, tx, e.ID, mdmBootstrapToken, nil, now); err != nil {
			return err
		}
		return putMDMMessage(ctx, tx, e.ID, mdmAuthenticate, message, now)
	})
}

// UserAuthenticated keeps the message by which a user of a device asked to be
// managed, or with digest that which answers a challenge.
func (m *MDM) UserAuthenticated(ctx context.Context, e MDMEnrollment, message []byte, digest bool) error {
	if err := e.check(); err != nil {
		return err
	}
	kind := mdmAuthUser
	if digest {
		kind = mdmAuthDigest
	}
	return m.enroll(ctx, e, func(ctx context.Context, tx *Tx, now Time) error {
		return putMDMMessage(ctx, tx, e.ID, kind, message, now)
	})
}

// enroll makes the row of an enrollment that is to come.
func (m *MDM) enroll(ctx context.Context, e MDMEnrollment, then func(context.Context, *Tx, Time) error) error {
	now := At(m.s.clock())
	err := m.s.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO mdm_enrollments (id, parent_id, type, created_at, last_seen_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, type = excluded.type, last_seen_at = excluded.last_seen_at`,
			e.ID, Text(e.ParentID), e.Type, now, now)
		if err != nil {
			return err
		}
		return then(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("noting that device %s enrolls: %w", deviceOf(e.ID), err)
	}
	return nil
}

// TokenUpdated enrolls: from now on pushes go where the message says. An
// unlock token that is not empty is kept beside it. Fault: conflict when the
// device has not authenticated before.
func (m *MDM) TokenUpdated(ctx context.Context, e MDMEnrollment, push MDMPush, unlock, message []byte) error {
	if err := errors.Join(e.check(), push.check()); err != nil {
		return err
	}
	magic, err := m.s.seal(magicRow(e.ID), []byte(push.Magic))
	if err != nil {
		return fmt.Errorf("sealing the push magic of device %s: %w", deviceOf(e.ID), err)
	}
	now := At(m.s.clock())
	err = m.s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := knowsDevice(ctx, tx, e); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO mdm_enrollments (id, parent_id, type, topic, token, push_magic, enabled, tally, created_at, last_seen_at)
			VALUES (?, ?, ?, ?, ?, ?, TRUE, 1, ?, ?)
			ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, type = excluded.type, topic = excluded.topic, token = excluded.token,
				push_magic = excluded.push_magic, enabled = TRUE, tally = mdm_enrollments.tally + 1, last_seen_at = excluded.last_seen_at`,
			e.ID, Text(e.ParentID), e.Type, push.Topic, hex.EncodeToString(push.Token), magic, now, now)
		if err != nil {
			return err
		}
		if len(unlock) > 0 { // later messages need not repeat it
			if err := putMDMMessage(ctx, tx, e.ID, mdmUnlockToken, unlock, now); err != nil {
				return err
			}
		}
		return putMDMMessage(ctx, tx, e.ID, mdmTokenUpdate, message, now)
	})
	if err != nil {
		return fmt.Errorf("noting the push token of device %s: %w", deviceOf(e.ID), err)
	}
	return nil
}

func knowsDevice(ctx context.Context, tx *Tx, e MDMEnrollment) error {
	device := e.ID
	if e.ParentID != "" {
		device = e.ParentID
	}
	var id string
	err := tx.Get(ctx, &id, "SELECT id FROM mdm_enrollments WHERE id = ? AND parent_id IS NULL", device)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Conflict, "The device has not authenticated; enroll it anew.")
	}
	return err
}

// TokenTally counts the TokenUpdates since the enrollment; 0 without one.
func (m *MDM) TokenTally(ctx context.Context, id string) (int, error) {
	var tally int
	err := m.s.reader().Get(ctx, &tally, "SELECT tally FROM mdm_enrollments WHERE id = ?", id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("reading the enrollment of device %s: %w", deviceOf(id), err)
	}
	return tally, nil
}

// Disable notes that a device and its users are no longer enrolled.
func (m *MDM) Disable(ctx context.Context, deviceID string) error {
	_, err := m.s.exec(ctx, `UPDATE mdm_enrollments SET enabled = FALSE, tally = 0, last_seen_at = ?
		WHERE (id = ? OR parent_id = ?) AND enabled`, At(m.s.clock()), deviceID, deviceID)
	if err != nil {
		return fmt.Errorf("disabling device %s: %w", deviceID, err)
	}
	return nil
}

type mdmPushRow struct {
	ID    string `db:"id"`
	Topic string `db:"topic"`
	Token string `db:"token"`
	Magic string `db:"push_magic"`
}

// Push gives where wake-ups go, by enrollment; those that are not enrolled are
// left out.
func (m *MDM) Push(ctx context.Context, ids []string) (map[string]MDMPush, error) {
	found := make(map[string]MDMPush, len(ids))
	for chunk := range slices.Chunk(ids, maxIn) {
		in, args := inClause("id", chunk)
		var rows []mdmPushRow
		err := m.s.reader().Select(ctx, &rows, "SELECT id, topic, token, push_magic FROM mdm_enrollments WHERE "+in+" AND enabled", args...)
		if err != nil {
			return nil, fmt.Errorf("reading push tokens: %w", err)
		}
		for _, row := range rows {
			push, err := m.open(row)
			if err != nil {
				return nil, fmt.Errorf("opening the push token of device %s: %w", deviceOf(row.ID), err)
			}
			found[row.ID] = push
		}
	}
	return found, nil
}

func (m *MDM) open(row mdmPushRow) (MDMPush, error) {
	magic, err := m.s.unseal(magicRow(row.ID), row.Magic)
	if err != nil {
		return MDMPush{}, err
	}
	token, err := hex.DecodeString(row.Token)
	return MDMPush{Topic: row.Topic, Magic: string(magic), Token: token}, err
}
