package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// coveredRow is an invitation that a delivery covers, with what is needed to
// say what comes next.
type coveredRow struct {
	DeliveryID string                    `db:"delivery_id"`
	ID         string                    `db:"id"`
	UserID     string                    `db:"user_id"`
	DeviceID   Text                      `db:"device_id"`
	Channel    invitation.Channel        `db:"channel"`
	Occasion   string                    `db:"occasion"`
	Pending    *int                      `db:"pending"`
	Retries    int                       `db:"retries"`
	Settled    bool                      `db:"settled"`
	Stopped    bool                      `db:"reminders_stopped"`
	TakenAt    Time                      `db:"taken_at"`
	ExpiresAt  Time                      `db:"expires_at"`
	Policy     invitation.Policy         `db:"policy"`
	Schedule   JSON[invitation.Schedule] `db:"schedule"`
	HasMail    bool                      `db:"has_mail"`
	HasPush    bool                      `db:"has_push"`
}

const coveredQuery = `SELECT di.delivery_id, i.id, i.user_id, i.device_id, i.channel, i.occasion, i.pending, i.retries,
	i.settled_at IS NOT NULL AS settled, i.reminders_stopped, i.taken_at, i.expires_at, s.policy, s.schedule, u.email <> '' AS has_mail,
	EXISTS (SELECT 1 FROM push_channels p WHERE p.device_id = i.device_id AND p.kind = 'alert' AND p.dead_since IS NULL) AS has_push
	FROM delivery_invitations di JOIN invitations i ON i.id = di.invitation_id
	JOIN sends s ON s.id = i.send_id JOIN users u ON u.id = i.user_id WHERE `

func (r coveredRow) reach() invitation.Reach {
	return invitation.Reach{
		Push: r.Channel.Push() && r.HasPush,
		Mail: r.HasMail && (r.Policy != invitation.PolicyPush || r.Channel == invitation.ChannelMail),
	}
}

func (r dueRow) covered() coveredRow {
	return coveredRow{
		ID: r.ID, UserID: r.UserID, DeviceID: r.DeviceID, Channel: r.Channel, Occasion: r.Occasion, Pending: &r.Pending, Stopped: r.Stopped,
		TakenAt: r.TakenAt, ExpiresAt: r.ExpiresAt, Policy: r.Policy, Schedule: r.Schedule, HasMail: r.Email != "", HasPush: r.Token != "",
	}
}

// next is the reminder after number last; pending is nil when none is left.
func (r coveredRow) next(last int, takenAt Time) (pending any, due Time) {
	if r.Stopped {
		return nil, Time{}
	}
	n, at := r.Schedule.V.Next(last, r.reach(), takenAt.Time, r.ExpiresAt.Time)
	if n == 0 {
		return nil, Time{}
	}
	return n, At(at)
}

// taken moves an invitation on after a provider took delivery number n.
func taken(ctx context.Context, tx *Tx, r coveredRow, n int, words string, now Time) error {
	takenAt := r.TakenAt
	if takenAt.IsZero() {
		takenAt = now
	}
	pending, due := r.next(n, takenAt)
	_, err := tx.Exec(ctx, `UPDATE invitations SET state = CASE WHEN state = 'queued' THEN 'sent' ELSE state END,
		attempts = attempts + 1, sent_at = COALESCE(sent_at, ?), taken_at = ?, last_answer = ?, pending = ?, due_at = ?, retries = 0,
		waiting_for = 'answer' WHERE id = ? AND settled_at IS NULL AND pending = ? AND occasion = ?`,
		now, takenAt, words, pending, due, r.ID, n, r.Occasion)
	if err != nil {
		return fmt.Errorf("noting that invitation %s was taken: %w", r.ID, err)
	}
	return nil
}

// late notes a provider's answer on an invitation that was settled, or
// invited anew, while the message was on the wire. at is zero when the
// provider did not take it.
func late(ctx context.Context, tx *Tx, r coveredRow, words string, at Time) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET attempts = attempts + 1, sent_at = COALESCE(sent_at, ?), last_answer = ? WHERE id = ?`, at, words, r.ID)
	if err != nil {
		return fmt.Errorf("noting a late answer for invitation %s: %w", r.ID, err)
	}
	return nil
}

// moveOn passes over delivery number n, which could not leave or was refused:
// the reminder after it is next.
func moveOn(ctx context.Context, tx *Tx, r coveredRow, n int) error {
	pending, due := r.next(n, r.TakenAt)
	_, err := tx.Exec(ctx, "UPDATE invitations SET pending = ?, due_at = ?, retries = 0, waiting_for = 'answer' WHERE id = ? AND settled_at IS NULL AND pending = ? AND occasion = ?",
		pending, due, r.ID, n, r.Occasion)
	if err != nil {
		return fmt.Errorf("moving invitation %s on: %w", r.ID, err)
	}
	return nil
}

// wait postpones delivery number n.
func wait(ctx context.Context, tx *Tx, id string, n int, due Time, words string) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET due_at = ?, attempts = attempts + 1, retries = retries + 1, waiting_for = 'retry', last_answer = ?
		WHERE id = ? AND settled_at IS NULL AND pending = ?`, due, words, id, n)
	if err != nil {
		return fmt.Errorf("postponing invitation %s: %w", id, err)
	}
	return nil
}

// refused ends a first delivery's invitation with the provider's words, and
// passes over a reminder.
func refused(ctx context.Context, tx *Tx, r coveredRow, n int, words string, now Time) error {
	if n > 0 {
		if err := late(ctx, tx, r, words, Time{}); err != nil {
			return err
		}
		return moveOn(ctx, tx, r, n)
	}
	if _, err := tx.Exec(ctx, "UPDATE invitations SET attempts = attempts + 1 WHERE id = ? AND settled_at IS NULL", r.ID); err != nil {
		return fmt.Errorf("counting an attempt of invitation %s: %w", r.ID, err)
	}
	_, _, err := tx.settle(ctx, []string{r.ID}, settlement{State: invitation.Failed, Actor: people.System("delivery"), Words: words, At: now})
	return err
}

// byMail hands a first delivery over to mail, where a device's token is dead.
func byMail(ctx context.Context, tx *Tx, r coveredRow, words string, now Time) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET channel = 'mail', attempts = attempts + 1, due_at = ?, last_answer = ?
		WHERE id = ? AND settled_at IS NULL AND pending = 0`, now, words, r.ID)
	if err != nil {
		return fmt.Errorf("handing invitation %s over to mail: %w", r.ID, err)
	}
	return tx.insertEvents(ctx, []eventRow{{InvitationID: r.ID, At: now, What: "channel_changed", Channel: invitation.ChannelMail, Answer: words, Actor: people.System("delivery").String()}})
}
