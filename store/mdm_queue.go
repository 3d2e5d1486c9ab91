package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"heraut/fault"
)

// MDMCommand is a command as the device gets it.
type MDMCommand struct {
	UUID        string
	RequestType string
	// Raw is the property list, byte by byte.
	Raw []byte
}

// The device's words that do not end a command, and ours for those that it
// will not get: an enrollment anew emptied its queue, or what the command
// invites to is over.
const (
	mdmIdle      = "Idle"
	mdmNotNow    = "NotNow"
	mdmCleared   = "Cleared"
	mdmWithdrawn = "Withdrawn"

	// mdmUnseen are the commands that we ended: the device may not know them,
	// or its answer may be on its way.
	mdmUnseen = "('" + mdmCleared + "', '" + mdmWithdrawn + "')"
)

func commandRow(uuid string) string { return "mdm_commands/" + uuid }

// Enqueue queues one command for many enrollments. Who has the command already
// keeps it as it is, and who has answered it does not get it again; but one
// that was cleared or withdrawn waits anew. Ids that are not known, or were never enrolled,
// are returned; the others have it. After an error some may have it: the same
// call again is harmless.
func (m *MDM) Enqueue(ctx context.Context, ids []string, c MDMCommand) (unknown []string, err error) {
	if err := errors.Join(checkMDMText("CommandUUID", c.UUID, maxMDMWord), checkMDMText("RequestType", c.RequestType, maxMDMWord)); err != nil {
		return nil, err
	}
	if len(c.Raw) == 0 {
		return nil, fault.Invalid(fault.Field{Pointer: "Command", Message: "This is missing."})
	}
	sealed, err := m.s.seal(commandRow(c.UUID), c.Raw)
	if err != nil {
		return nil, fmt.Errorf("sealing command %s: %w", c.UUID, err)
	}
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for chunk := range slices.Chunk(ids, maxIn) {
		missing, err := m.enqueue(ctx, chunk, c, sealed)
		if err != nil {
			return nil, fmt.Errorf("queueing command %s: %w", c.UUID, err)
		}
		unknown = append(unknown, missing...)
	}
	return unknown, nil
}

func (m *MDM) enqueue(ctx context.Context, ids []string, c MDMCommand, sealed string) ([]string, error) {
	in, args := inClause("id", ids)
	n, err := m.s.exec(ctx, `INSERT INTO mdm_commands (enrollment_id, uuid, request_type, body, queued_at)
		SELECT id, ?, ?, ?, ? FROM mdm_enrollments WHERE `+in+` AND token <> ''
		ON CONFLICT (enrollment_id, uuid) DO UPDATE SET status = '', body = excluded.body, queued_at = excluded.queued_at, ended_at = NULL
			WHERE mdm_commands.status IN `+mdmUnseen,
		append([]any{c.UUID, c.RequestType, sealed, At(m.s.clock())}, args...)...)
	if err != nil || int(n) == len(ids) {
		return nil, err
	}
	in, args = inClause("enrollment_id", ids)
	var have []string
	if err := m.s.reader().Select(ctx, &have, "SELECT enrollment_id FROM mdm_commands WHERE uuid = ? AND "+in, append([]any{c.UUID}, args...)...); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(have, id) }), nil
}

// seenWithin is how exact last_seen_at is: a device that comes back sooner
// costs no write.
const seenWithin = time.Minute

// Report keeps what a device said of a command. Its first last word counts; a
// repeated report, and one for a command that nobody knows, change nothing.
// NotNow keeps the command waiting.
func (m *MDM) Report(ctx context.Context, id, uuid, status string, result []byte) error {
	if status == mdmIdle || uuid == "" {
		return m.seen(ctx, id)
	}
	if err := errors.Join(checkMDMText("CommandUUID", uuid, maxMDMWord), checkMDMText("Status", status, maxMDMStatus)); err != nil {
		return err
	}
	var err error
	if status == mdmNotNow {
		_, err = m.s.exec(ctx, `UPDATE mdm_commands SET status = ?, result = ?, not_nows = not_nows + 1
			WHERE enrollment_id = ? AND uuid = ? AND ended_at IS NULL`, status, result, id, uuid)
	} else {
		_, err = m.s.exec(ctx, `UPDATE mdm_commands SET status = ?, result = ?, body = '', ended_at = ?
			WHERE enrollment_id = ? AND uuid = ? AND (ended_at IS NULL OR status IN `+mdmUnseen+`)`, status, result, At(m.s.clock()), id, uuid)
	}
	if err != nil {
		return fmt.Errorf("noting the answer to command %s: %w", uuid, err)
	}
	return nil
}

func (m *MDM) seen(ctx context.Context, id string) error {
	now := m.s.clock()
	_, err := m.s.exec(ctx, "UPDATE mdm_enrollments SET last_seen_at = ? WHERE id = ? AND last_seen_at < ?", At(now), id, At(now.Add(-seenWithin)))
	if err != nil {
		return fmt.Errorf("noting that device %s was there: %w", deviceOf(id), err)
	}
	return nil
}

// ClearCommands ends what waits for a device and its users.
func (m *MDM) ClearCommands(ctx context.Context, deviceID string) error {
	_, err := m.s.exec(ctx, `UPDATE mdm_commands SET status = '`+mdmCleared+`', body = '', ended_at = ?
		WHERE enrollment_id IN (`+mdmChannels+`) AND ended_at IS NULL`, At(m.s.clock()), deviceID, deviceID)
	if err != nil {
		return fmt.Errorf("clearing the queue of device %s: %w", deviceID, err)
	}
	return nil
}

// mdmChannels are a device's own channel and those of its users.
const mdmChannels = "SELECT id FROM mdm_enrollments WHERE id = ? OR parent_id = ?"
