package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// mdmDeviceRow is what is known of a device at the MDM server.
type mdmDeviceRow struct {
	ID        string          `db:"id"`
	Platform  people.Platform `db:"platform"`
	Invitable bool            `db:"invitable"`
	MDMID     Text            `db:"mdm_id"`
	DeviceID  Text            `db:"mdm_device_id"`
	Account   Text            `db:"managed_apple_account"`
	Topic     Text            `db:"topic"`
	Token     Text            `db:"token"`
	Magic     Text            `db:"push_magic"`
	RenewedAt Time            `db:"updated_at"`
	DeadSince Time            `db:"dead_since"`
}

// mdmDevice reads a device by an enrollment id of it; the zero row when there
// is none.
func mdmDevice(ctx context.Context, from getter, enrollmentID string) (mdmDeviceRow, error) {
	var row mdmDeviceRow
	err := from.Get(ctx, &row, `SELECT d.id, d.platform, d.invitable, d.mdm_id, d.mdm_device_id, u.managed_apple_account, p.topic, p.token, p.push_magic, p.updated_at, p.dead_since
		FROM devices d LEFT JOIN users u ON u.id = d.user_id LEFT JOIN push_channels p ON p.device_id = d.id AND p.kind = 'mdm'
		WHERE d.deleted_at IS NULL AND (d.mdm_device_id = ? OR d.mdm_id = ?)`, enrollmentID, enrollmentID)
	if errors.Is(err, sql.ErrNoRows) {
		return mdmDeviceRow{}, nil
	}
	if err != nil {
		return row, fmt.Errorf("reading an enrolled device: %w", err)
	}
	return row, nil
}

func (r mdmDeviceRow) live() bool { return r.Token != "" && r.DeadSince.IsZero() }

// role is what a channel is to invitations of its device.
type role int

const (
	bystander role = iota // nothing
	carrier               // they go over it
	stranger              // it shows that the device is not its owner's alone
)

// role tells what a channel that renews itself is. A Mac's invitations go to
// the user whose channel came first since the enrollment, and to another only
// when that one is dead. A Shared iPad is invited by the channel of its owner,
// and not at all while only others are on it.
func (r mdmDeviceRow) role(m people.MDMChannel) role {
	switch {
	case !m.Kind.Invites(r.Platform):
		return bystander
	case m.Kind == people.MDMSharedIPad && r.Account != "" && strings.EqualFold(string(r.Account), m.Account):
		return carrier
	case m.Kind == people.MDMSharedIPad && (r.MDMID == "" || r.MDMID == r.DeviceID):
		return stranger
	case m.Kind == people.MDMSharedIPad, !r.Invitable:
		return bystander
	case r.MDMID == "" || string(r.MDMID) == m.EnrollmentID:
		return carrier
	case m.Kind == people.MDMUser && !r.live():
		return carrier
	}
	return bystander
}

// ChannelRenewed keeps what a TokenUpdate tells, when invitations go over the
// channel: a dead one is alive again, and what waited for it is due. A channel
// of a device that nobody knows is no error. Faults: invalid_request.
func (s *Store) ChannelRenewed(ctx context.Context, m people.MDMChannel) (invitation.Woken, error) {
	if err := m.Check(); err != nil {
		return invitation.Woken{}, fmt.Errorf("renewing an MDM channel: %w", err)
	}
	var woken invitation.Woken
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		woken = invitation.Woken{}
		row, err := mdmDevice(ctx, tx, m.DeviceID)
		if err != nil || row.ID == "" {
			return err
		}
		switch row.role(m) {
		case carrier:
			fresh, err := tx.carry(ctx, row, m)
			if err == nil && fresh {
				woken.Users, err = tx.dueNow(ctx, row.ID)
			}
			return err
		case stranger:
			return tx.bar(ctx, row)
		default:
			return nil
		}
	})
	if err != nil {
		return invitation.Woken{}, fmt.Errorf("renewing an MDM channel: %w", err)
	}
	return woken, nil
}

// channelDoc is what the audit log keeps of a channel: no token.
type channelDoc struct {
	Push      pushDoc `json:"push"`
	Invitable bool    `json:"invitable"`
}

// toldAt is when something was told that may come late, and not in the future
// of the database's clock.
func (tx *Tx) toldAt(ctx context.Context, at time.Time) (Time, error) {
	now, err := tx.Now(ctx)
	if err != nil || at.IsZero() || now.Before(at) {
		return now, err
	}
	return At(at), nil
}

// carry makes a channel the one that invitations go over. What is older than
// what is known is not fresh, and changes nothing.
func (tx *Tx) carry(ctx context.Context, row mdmDeviceRow, m people.MDMChannel) (fresh bool, err error) {
	at, err := tx.toldAt(ctx, m.At)
	if err != nil || at.Before(row.RenewedAt.Time) || !m.At.IsZero() && at.Before(row.DeadSince.Time) {
		return false, err
	}
	p := m.Push()
	p.UpdatedAt = at.Time
	if err := putPush(ctx, tx, row.ID, p); err != nil {
		return false, fmt.Errorf("writing its push channel: %w", err)
	}
	same := row.live() && string(row.Token) == p.Token && string(row.Topic) == p.Topic && string(row.Magic) == p.PushMagic
	if same && string(row.MDMID) == m.EnrollmentID && row.Invitable {
		return true, nil
	}
	return true, tx.changeMDM(ctx, row, m.EnrollmentID, channelDoc{pushDoc{string(p.Kind), p.Topic}, true})
}

// bar takes a device out that shows itself to be shared: its device channel
// can not carry an invitation.
func (tx *Tx) bar(ctx context.Context, row mdmDeviceRow) error {
	if !row.Invitable {
		return nil
	}
	return tx.changeMDM(ctx, row, "", channelDoc{pushDoc{string(people.PushMDM), string(row.Topic)}, false})
}

func (tx *Tx) changeMDM(ctx context.Context, row mdmDeviceRow, mdmID string, became channelDoc) error {
	_, err := tx.Exec(ctx, "UPDATE devices SET mdm_id = ?, invitable = ? WHERE id = ?", Text(mdmID), became.Invitable, row.ID)
	if err == nil {
		_, err = touch(ctx, tx, "devices", row.ID)
	}
	if err != nil {
		return fmt.Errorf("changing an enrolled device: %w", err)
	}
	tx.audit(mdmActor(), change{Action: "device.mdm_channel", Kind: "device", ID: row.ID, Became: became})
	return nil
}

// dueNow lets the invitations leave that waited for their device to come back.
func (tx *Tx) dueNow(ctx context.Context, deviceID string) ([]string, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	var users []string
	err = tx.Select(ctx, &users, `UPDATE invitations SET due_at = ?, waiting_for = '' WHERE device_id = ? AND settled_at IS NULL AND channel = 'mdm'
		AND pending = 0 AND waiting_for = 'device' AND due_at > ? RETURNING user_id`, now, deviceID, now)
	if err != nil {
		return nil, fmt.Errorf("making its invitations due: %w", err)
	}
	return users, nil
}
