package store

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
)

type wakeRow struct {
	UUID         string                    `db:"command_uuid"`
	InvitationID string                    `db:"invitation_id"`
	UserID       string                    `db:"user_id"`
	EnrollmentID string                    `db:"enrollment_id"`
	ExpiresAt    Time                      `db:"expires_at"`
	Schedule     JSON[invitation.Schedule] `db:"schedule"`
	Topic        string                    `db:"topic"`
	Token        string                    `db:"token"`
	Magic        string                    `db:"push_magic"`
}

// ClaimWakes lists devices that are to be woken again: for a command that was
// queued, or last woken for, longer than after ago, of which the device says
// nothing, whose invitation is open and whose send runs. They count as woken
// from then on, so that whoever dies before the push leaves that to the next
// day. In the quiet hours of a send nobody is listed. The oldest come first.
func (s *Store) ClaimWakes(ctx context.Context, after time.Duration, limit int) ([]invitation.Message, error) {
	var list []invitation.Message
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		list = nil
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := tx.wakes(ctx, now, after, limit)
		if err != nil || len(rows) == 0 {
			return err
		}
		woken := make([]string, len(rows))
		for i, r := range rows {
			woken[i] = r.UUID
			list = append(list, r.message(now))
		}
		in, args := inClause("command_uuid", woken)
		_, err = tx.Exec(ctx, "UPDATE invite_commands SET woken_at = ? WHERE "+in, append([]any{now}, args...)...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claiming devices to wake: %w", err)
	}
	return list, nil
}

func (tx *Tx) wakes(ctx context.Context, now Time, after time.Duration, limit int) ([]wakeRow, error) {
	var rows []wakeRow
	err := tx.Select(ctx, &rows, `SELECT c.command_uuid, c.invitation_id, i.user_id, c.enrollment_id, i.expires_at, s.schedule, m.topic, m.token, m.push_magic
		FROM invite_commands c JOIN invitations i ON i.id = c.invitation_id JOIN sends s ON s.id = i.send_id
		JOIN devices d ON d.id = c.device_id AND d.mdm_id = c.enrollment_id
		JOIN push_channels m ON m.device_id = c.device_id AND m.kind = 'mdm' AND m.dead_since IS NULL
		WHERE c.queued_at <= ? AND (c.woken_at IS NULL OR c.woken_at <= ?) AND i.expires_at > ? AND s.state = 'running' AND c.answered_at IS NULL`+matters+`
		ORDER BY c.queued_at, c.command_uuid LIMIT ?`+tx.forUpdate("c"), At(now.Add(-after)), At(now.Add(-after)), now, min(limit, maxIn))
	if err != nil {
		return nil, fmt.Errorf("reading silent commands: %w", err)
	}
	loud := rows[:0]
	for _, r := range rows {
		if quiet := r.Schedule.V.Quiet; quiet == nil || !quiet.Delay(now.Time).After(now.Time) {
			loud = append(loud, r)
		}
	}
	return loud, nil
}

// message is the wake-up: of another name than the delivery's own, so that
// APNs does not take it for a repetition.
func (r wakeRow) message(now Time) invitation.Message {
	return invitation.Message{
		SendKey: "wake/" + r.UUID + "/" + now.Format(timeLayout), Channel: invitation.ChannelMDM, UserID: r.UserID, InvitationID: r.InvitationID,
		ExpiresAt: r.ExpiresAt.Time, Topic: r.Topic, Token: r.Token, PushMagic: r.Magic, EnrollmentID: r.EnrollmentID,
	}
}
