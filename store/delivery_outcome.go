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
	State      invitation.State          `db:"state"`
	Occasion   string                    `db:"occasion"`
	Generation int                       `db:"generation"`
	Pending    *int                      `db:"pending"`
	Retries    int                       `db:"retries"`
	Settled    bool                      `db:"settled"`
	Stopped    bool                      `db:"reminders_stopped"`
	TakenAt    Time                      `db:"taken_at"`
	ExpiresAt  Time                      `db:"expires_at"`
	Policy     invitation.Policy         `db:"policy"`
	Schedule   JSON[invitation.Schedule] `db:"schedule"`
	HasMail    bool                      `db:"has_mail"`
	HasAlert   bool                      `db:"has_alert"`
	HasMDM     bool                      `db:"has_mdm"`
}

const (
	coveredColumns = `i.id, i.user_id, i.device_id, i.channel, i.state, i.occasion, i.generation, i.pending, i.retries,
		i.settled_at IS NOT NULL AS settled, i.reminders_stopped, i.taken_at, i.expires_at, s.policy, s.schedule, u.email <> '' AS has_mail,
		d.id IS NOT NULL AND ` + alertLive + ` AS has_alert, d.id IS NOT NULL AND ` + mdmLive + ` AS has_mdm`
	coveredJoins = ` JOIN sends s ON s.id = i.send_id JOIN users u ON u.id = i.user_id LEFT JOIN devices d ON d.id = i.device_id WHERE `
	coveredQuery = "SELECT di.delivery_id, " + coveredColumns + " FROM delivery_invitations di JOIN invitations i ON i.id = di.invitation_id" + coveredJoins
)

// ways are the channels that work now.
func (r coveredRow) ways() invitation.Ways {
	return invitation.Ways{Channel: r.Channel, Policy: r.Policy, MDM: r.HasMDM, Alert: r.HasAlert, Mail: r.HasMail}
}

func (r dueRow) covered() coveredRow {
	return coveredRow{
		ID: r.ID, UserID: r.UserID, DeviceID: r.DeviceID, Channel: r.Channel, Occasion: r.Occasion, Generation: r.Generation, Pending: &r.Pending,
		Stopped: r.Stopped, TakenAt: r.TakenAt, ExpiresAt: r.ExpiresAt, Policy: r.Policy, Schedule: r.Schedule,
		HasMail: r.Email != "", HasAlert: r.Token != "", HasMDM: r.MDMToken != "",
	}
}

// next is the reminder after number last; pending is nil when none is left.
func (r coveredRow) next(last int, takenAt Time) (pending any, due Time) {
	if r.Stopped {
		return nil, Time{}
	}
	n, at := r.Schedule.V.Next(last, r.ways().Reach(), takenAt.Time, r.ExpiresAt.Time)
	if n == 0 {
		return nil, Time{}
	}
	return n, At(at)
}

// since is the last reminder that counts as past once delivery number n was
// taken. A first delivery that was repeated because the device had lost it
// leaves the reminders on their days, and those whose day is over are past.
func (r coveredRow) since(n int, takenAt, now Time) int {
	if n > 0 || r.Generation == 0 {
		return n
	}
	for {
		due := r.Schedule.V.Due(n+1, takenAt.Time, r.ExpiresAt.Time)
		if due.IsZero() || due.After(now.Time) {
			return n
		}
		n++
	}
}

// taken moves an invitation on after a provider took delivery number n.
func taken(ctx context.Context, tx *Tx, r coveredRow, n int, words string, now Time) error {
	takenAt := r.TakenAt
	if takenAt.IsZero() {
		takenAt = now
	}
	pending, due := r.next(r.since(n, takenAt, now), takenAt)
	_, err := tx.Exec(ctx, `UPDATE invitations SET state = CASE WHEN state = 'queued' THEN 'sent' ELSE state END,
		attempts = attempts + 1, sent_at = COALESCE(sent_at, ?), taken_at = ?, last_answer = ?, pending = ?, due_at = ?, retries = 0,
		waiting_for = CASE WHEN waiting_for = 'device' AND channel = 'mdm' THEN waiting_for ELSE 'answer' END
		WHERE id = ? AND settled_at IS NULL AND pending = ? AND occasion = ?`,
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

// turned hands a first delivery over to another channel.
func turned(ctx context.Context, tx *Tx, r coveredRow, to invitation.Channel, words string, now Time) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET channel = ?, attempts = attempts + 1, due_at = ?, last_answer = ?
		WHERE id = ? AND settled_at IS NULL AND pending = 0`, string(to), now, words, r.ID)
	if err != nil {
		return fmt.Errorf("handing invitation %s over to %s: %w", r.ID, to, err)
	}
	return tx.insertEvents(ctx, []eventRow{{InvitationID: r.ID, At: now, What: "channel_changed", Channel: to, Answer: words, Actor: people.System("delivery").String()}})
}
