package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// moot are the commands c whose invitation i needs them no more: it is settled,
// another command took this one's place, or the device d is another user's by
// now, whom somebody else's invite code must not be shown.
const moot = "(i.settled_at IS NOT NULL OR c.generation < i.generation OR d.user_id IS NULL OR d.user_id <> i.user_id)"

// nextMDMCommand joins by keys alone: it runs whenever a device connects.
const nextMDMCommand = `SELECT q.uuid, q.request_type, q.body, c.command_uuid IS NOT NULL AND ` + moot + ` AS moot
	FROM mdm_commands q LEFT JOIN invite_commands c ON c.command_uuid = q.uuid
	LEFT JOIN invitations i ON i.id = c.invitation_id LEFT JOIN devices d ON d.id = c.device_id
	WHERE q.enrollment_id = ? AND q.ended_at IS NULL`

// nextTries is more often than invitations end between a reading and a
// withdrawal.
const nextTries = 10

type nextRow struct {
	UUID        string `db:"uuid"`
	RequestType string `db:"request_type"`
	Body        string `db:"body"`
	Moot        bool   `db:"moot"`
}

// Next gives the command that has waited longest; ok is false when none does.
// With skipNotNow it is one that the device did not put off. Invitations that
// are over, or not for who has the device now, are withdrawn instead.
func (m *MDM) Next(ctx context.Context, id string, skipNotNow bool) (c MDMCommand, ok bool, err error) {
	query := nextMDMCommand
	if skipNotNow {
		query += " AND q.status <> 'NotNow'"
	}
	for range nextTries {
		var row nextRow
		err = m.s.reader().Get(ctx, &row, query+" ORDER BY q.seq LIMIT 1", id)
		if errors.Is(err, sql.ErrNoRows) {
			return MDMCommand{}, false, nil
		}
		if err != nil {
			return MDMCommand{}, false, fmt.Errorf("reading the queue of device %s: %w", deviceOf(id), err)
		}
		if !row.Moot {
			return m.opened(row)
		}
		if err := m.withdraw(ctx, id); err != nil {
			return MDMCommand{}, false, err
		}
	}
	return MDMCommand{}, false, fmt.Errorf("commands of device %s can not be withdrawn", deviceOf(id))
}

func (m *MDM) opened(row nextRow) (MDMCommand, bool, error) {
	raw, err := m.s.unseal(commandRow(row.UUID), row.Body)
	if err != nil {
		return MDMCommand{}, false, fmt.Errorf("opening command %s: %w", row.UUID, err)
	}
	return MDMCommand{UUID: row.UUID, RequestType: row.RequestType, Raw: raw}, true, nil
}

// withdraw ends whatever is moot in a queue.
func (m *MDM) withdraw(ctx context.Context, id string) error {
	_, err := m.s.exec(ctx, `UPDATE mdm_commands SET status = '`+mdmWithdrawn+`', body = '', ended_at = ?
		WHERE enrollment_id = ? AND ended_at IS NULL AND EXISTS (SELECT 1 FROM invite_commands c JOIN invitations i ON i.id = c.invitation_id
			JOIN devices d ON d.id = c.device_id WHERE c.command_uuid = mdm_commands.uuid AND `+moot+`)`, At(m.s.clock()), id)
	if err != nil {
		return fmt.Errorf("withdrawing commands of device %s: %w", deviceOf(id), err)
	}
	return nil
}
