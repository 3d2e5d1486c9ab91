package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

// CommandReported records what a device says about a command that KeepCommand
// noted. A command that nobody knows, an answer that was given before and an
// invitation that is settled are no errors, and change nothing. The decision
// names the user whose workflow must look, if any.
func (s *Store) CommandReported(ctx context.Context, uuid string, report invitation.Report) (invitation.Decided, error) {
	report = report.Clean()
	// Most answers are to other commands than ours: no need to wait for the writer.
	row, err := getInviteCommand(ctx, s.reader(), uuid)
	switch {
	case err == nil && row.putOffAgain(report.Verdict()):
		return invitation.Decided{}, s.putOffAgain(ctx, uuid)
	case err != nil || !row.hears(report.Verdict()):
		return invitation.Decided{}, err
	}
	var decided invitation.Decided
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		r := reporter{tx: tx, report: report}
		err := r.hear(ctx, row)
		decided = r.decided
		return err
	})
	if err != nil {
		return invitation.Decided{}, fmt.Errorf("recording a device's answer for invitation %s: %w", row.InvitationID, err)
	}
	return decided, nil
}

// putOffAgain notes that a device was there, and puts a command off again: from
// now on it has its time once more.
func (s *Store) putOffAgain(ctx context.Context, uuid string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE invite_commands SET answered_at = ? WHERE command_uuid = ? AND status = ?", now, uuid, statusNotNow)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that a command was put off again: %w", err)
	}
	return nil
}

// reporter writes what one device answered.
type reporter struct {
	tx       *Tx
	now      Time
	report   invitation.Report
	delivery deliveryRow
	// on is the invitation.
	on      coveredRow
	decided invitation.Decided
}

func (r *reporter) hear(ctx context.Context, row inviteCommandRow) error {
	if err := r.take(ctx, row); err != nil {
		return err
	}
	row, err := getInviteCommand(ctx, r.tx, row.UUID)
	if err != nil || !row.hears(r.report.Verdict()) {
		return err
	}
	_, err = r.tx.Exec(ctx, "UPDATE invite_commands SET status = ?, result = ?, words = ?, answered_at = ? WHERE command_uuid = ?",
		r.report.Status, r.report.Result, r.report.Words, r.now, row.UUID)
	if err != nil {
		return fmt.Errorf("keeping the answer: %w", err)
	}
	switch r.report.Verdict() {
	case invitation.VerdictShown:
		return r.shown(ctx)
	case invitation.VerdictNotNow:
		return r.notNow(ctx)
	case invitation.VerdictRefused:
		return r.refused(ctx, row)
	default:
		return r.note(ctx, "device_answered")
	}
}

// take locks the user and the invitation, and reads what the answer is about.
func (r *reporter) take(ctx context.Context, row inviteCommandRow) error {
	if err := r.tx.lock(ctx, "users", []string{row.UserID}); err != nil {
		return err
	}
	covered, err := r.tx.takeCovered(ctx, []string{row.DeliveryID})
	if err != nil {
		return err
	}
	deliveries, err := r.tx.readDeliveries(ctx, []string{row.DeliveryID})
	if err != nil {
		return err
	}
	r.delivery, r.on = deliveries[row.DeliveryID], covered[row.DeliveryID][0] // a command has one invitation
	r.now, err = r.tx.Now(ctx)
	return err
}

// open tells whether the answer can still change the invitation.
func (r *reporter) open() bool { return !r.on.Settled && r.now.Before(r.on.ExpiresAt.Time) }

// shown moves the invitation on: what a device has shown was taken, whatever
// APNs says of the wake-up.
func (r *reporter) shown(ctx context.Context) error {
	answer := r.report.Answer()
	if r.delivery.takes(invitation.Taken) {
		if err := r.tx.markInvited(ctx, []string{r.on.UserID}, r.now); err != nil {
			return err
		}
		rec := recorder{tx: r.tx, now: r.now}
		o := invitation.Outcome{Class: invitation.Taken, Answer: answer}
		if err := rec.taken(ctx, r.delivery, []coveredRow{r.on}, invitation.TakenByIt, o); err != nil {
			return err
		}
	}
	if !r.open() {
		return nil
	}
	if invitation.MayMove(r.on.State, invitation.Shown) {
		_, err := r.tx.Exec(ctx, `UPDATE invitations SET state = 'shown', waiting_for = CASE WHEN pending = 0 THEN waiting_for ELSE 'answer' END
			WHERE id = ? AND settled_at IS NULL`, r.on.ID)
		if err != nil {
			return fmt.Errorf("marking it shown: %w", err)
		}
	}
	return r.note(ctx, string(invitation.Shown))
}

func (r *reporter) notNow(ctx context.Context) error {
	if r.open() && r.delivery.ofNow(r.on) && r.on.State != invitation.Shown {
		_, err := r.tx.Exec(ctx, "UPDATE invitations SET waiting_for = 'device' WHERE id = ? AND settled_at IS NULL", r.on.ID)
		if err != nil {
			return fmt.Errorf("letting it wait for its device: %w", err)
		}
	}
	return r.note(ctx, "not_now")
}

// refused lets mail stand in under auto, and otherwise ends the invitation. A
// reminder's refusal ends nothing that was shown, and an answer that a later
// command makes old decides nothing.
func (r *reporter) refused(ctx context.Context, row inviteCommandRow) error {
	answer := r.report.Answer()
	rec := recorder{tx: r.tx, now: r.now}
	if r.delivery.takes(invitation.Refused) {
		if err := rec.move(ctx, r.delivery, invitation.RefusedByIt, invitation.Outcome{Answer: answer}); err != nil {
			return err
		}
		if err := late(ctx, r.tx, r.on, answer, Time{}); err != nil {
			return err
		}
	}
	if err := r.note(ctx, "device_refused"); err != nil || !r.open() || !r.delivery.ofNow(r.on) {
		return err
	}
	reminder := r.delivery.Number > 0 && r.on.State == invitation.Shown
	old, err := r.old(ctx, row)
	switch {
	case err != nil:
		return err
	case reminder || old:
		return r.passOver(ctx)
	}
	r.decided.UserID = r.on.UserID
	if r.on.Policy == invitation.PolicyAuto && r.on.HasMail {
		return standIn(ctx, r.tx, r.on, invitation.ChannelMail, answer, r.now)
	}
	_, r.decided.SettledSends, err = r.tx.settle(ctx, []string{r.on.ID}, settlement{State: invitation.Failed, Actor: mdmActor(), Words: answer, At: r.now})
	return err
}

// passOver goes on with the next reminder, where this one was still awaited.
func (r *reporter) passOver(ctx context.Context) error {
	if !r.delivery.current(r.on) || r.delivery.Number == 0 {
		return nil
	}
	r.decided.UserID = r.on.UserID
	return moveOn(ctx, r.tx, r.on, r.delivery.Number)
}

// old tells whether a later command for the same attempt is out.
func (r *reporter) old(ctx context.Context, row inviteCommandRow) (bool, error) {
	var later int
	err := r.tx.Get(ctx, &later, `SELECT COUNT(*) FROM invite_commands c JOIN deliveries d ON d.id = c.delivery_id
		WHERE c.invitation_id = ? AND d.occasion = ? AND d.generation = ? AND d.number > ? AND c.status IN ('', ?)`,
		row.InvitationID, r.delivery.Occasion, r.delivery.Generation, r.delivery.Number, statusNotNow)
	if err != nil {
		return false, fmt.Errorf("looking for a later command: %w", err)
	}
	return later > 0, nil
}

// note tells the answer on an open invitation and in its timeline.
func (r *reporter) note(ctx context.Context, what string) error {
	if !r.open() {
		return nil
	}
	answer := r.report.Answer()
	if _, err := r.tx.Exec(ctx, "UPDATE invitations SET last_answer = ? WHERE id = ? AND settled_at IS NULL", answer, r.on.ID); err != nil {
		return fmt.Errorf("noting the answer: %w", err)
	}
	return r.tx.insertEvents(ctx, []eventRow{{
		InvitationID: r.on.ID, At: r.now, What: what, Channel: invitation.ChannelMDM, Answer: answer, Actor: mdmActor().String(),
	}})
}
