package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/invitation"
)

// KeepCommand notes a command before it is queued for its device, so that an
// answer finds its invitation however soon it comes. Keeping it again changes
// nothing. Fault: not_found for a delivery that is none by MDM.
func (s *Store) KeepCommand(ctx context.Context, c invitation.Command) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var of struct {
			InvitationID string `db:"id"`
			DeviceID     string `db:"device_id"`
			Generation   int    `db:"generation"`
		}
		err := tx.Get(ctx, &of, `SELECT i.id, i.device_id, d.generation FROM deliveries d
			JOIN delivery_invitations di ON di.delivery_id = d.id JOIN invitations i ON i.id = di.invitation_id
			WHERE d.id = ? AND d.channel = 'mdm'`, c.DeliveryID)
		if err != nil {
			return orNotFound(err, "Delivery not found.")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO invite_commands (command_uuid, delivery_id, invitation_id, device_id, enrollment_id, generation, queued_at)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (command_uuid) DO NOTHING`,
			c.UUID, c.DeliveryID, of.InvitationID, of.DeviceID, c.EnrollmentID, of.Generation, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping the command of delivery %s: %w", c.DeliveryID, err)
	}
	return nil
}

// inviteCommandRow is a command with the user of its invitation.
type inviteCommandRow struct {
	UUID         string `db:"command_uuid"`
	DeliveryID   string `db:"delivery_id"`
	InvitationID string `db:"invitation_id"`
	DeviceID     string `db:"device_id"`
	EnrollmentID string `db:"enrollment_id"`
	UserID       string `db:"user_id"`
	QueuedAt     Time   `db:"queued_at"`
	Status       string `db:"status"`
}

const inviteCommandQuery = `SELECT c.command_uuid, c.delivery_id, c.invitation_id, c.device_id, c.enrollment_id, i.user_id, c.queued_at, c.status
	FROM invite_commands c JOIN invitations i ON i.id = c.invitation_id`

// getInviteCommand reads a command; the zero row when nobody kept it.
func getInviteCommand(ctx context.Context, from getter, uuid string) (inviteCommandRow, error) {
	var row inviteCommandRow
	err := from.Get(ctx, &row, inviteCommandQuery+" WHERE c.command_uuid = ?", uuid)
	if errors.Is(err, sql.ErrNoRows) {
		return inviteCommandRow{}, nil
	}
	if err != nil {
		return row, fmt.Errorf("reading a command: %w", err)
	}
	return row, nil
}

const statusNotNow = "NotNow"

// hears tells whether a verdict says anything new about the command.
func (r inviteCommandRow) hears(v invitation.Verdict) bool {
	switch {
	case r.UUID == "" || v == invitation.VerdictNone:
		return false
	case r.Status == statusNotNow:
		return v != invitation.VerdictNotNow
	}
	return r.Status == ""
}

// putOffAgain tells whether a device says once more what it said before.
func (r inviteCommandRow) putOffAgain(v invitation.Verdict) bool {
	return r.Status == statusNotNow && v == invitation.VerdictNotNow
}

// silentWhere are the commands that matter still and that their devices did not
// answer for good: a later answer than NotNow can be lost, too.
const silentWhere = " AND (c.answered_at IS NULL OR c.status = '" + statusNotNow + "')" + matters

// heardAt is since when a device says nothing more about a command.
const heardAt = "COALESCE(c.answered_at, c.queued_at)"

// matters are the commands of the latest attempt of an open invitation that
// was not shown.
const matters = ` AND i.settled_at IS NULL AND i.channel = 'mdm' AND i.state IN ('queued', 'sent')
	AND i.generation = c.generation AND i.occasion = (SELECT d.occasion FROM deliveries d WHERE d.id = c.delivery_id)`

// SilentCommands lists the commands that their devices have said nothing about
// for too long, the oldest first; see RepeatCommand. within is the time for the
// first command of a delivery: see invitation.AnswerWithin.
func (s *Store) SilentCommands(ctx context.Context, within time.Duration, limit int) ([]invitation.SilentCommand, error) {
	var list []invitation.SilentCommand
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var rows []inviteCommandRow
		overdue, args := overdueWhere(now, within)
		err = tx.Select(ctx, &rows, inviteCommandQuery+" WHERE "+overdue+silentWhere+" ORDER BY "+heardAt+", c.command_uuid LIMIT ?", append(args, limit)...)
		list = make([]invitation.SilentCommand, len(rows))
		for i, r := range rows {
			list[i] = r.silent()
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading silent commands: %w", err)
	}
	return list, nil
}

func (r inviteCommandRow) silent() invitation.SilentCommand {
	return invitation.SilentCommand{
		Command:      invitation.Command{UUID: r.UUID, DeliveryID: r.DeliveryID, EnrollmentID: r.EnrollmentID},
		InvitationID: r.InvitationID, UserID: r.UserID, DeviceID: r.DeviceID, QueuedAt: r.QueuedAt.Time,
	}
}

// RepeatCommand makes the delivery of a silent command due again, with another
// CommandUUID: the command, or the device's answer, was lost on the way. For a
// command that was answered meanwhile, or that no longer matters, it does
// nothing. Fault: not_found.
func (s *Store) RepeatCommand(ctx context.Context, uuid string) (invitation.Decided, error) {
	var decided invitation.Decided
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		decided = invitation.Decided{}
		row, err := getInviteCommand(ctx, tx, uuid)
		if err != nil {
			return err
		}
		if row.UUID == "" {
			return fault.New(fault.NotFound, "Command not found.")
		}
		if err := tx.lock(ctx, "invitations", []string{row.InvitationID}); err != nil {
			return err
		}
		var silent []string
		if err := tx.Select(ctx, &silent, "SELECT i.id FROM invite_commands c JOIN invitations i ON i.id = c.invitation_id WHERE c.command_uuid = ?"+silentWhere, uuid); err != nil || len(silent) == 0 {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		decided.UserID = row.UserID
		return tx.requeue(ctx, silent, requeued{due: now, what: "command_silent", at: now})
	})
	if err != nil {
		return decided, fmt.Errorf("repeating a command: %w", err)
	}
	return decided, nil
}
