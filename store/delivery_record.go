package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

// recorder writes what providers answered.
type recorder struct {
	tx      *Tx
	now     Time
	invited []string // users for whom a provider took a delivery
}

func (rec *recorder) result(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	switch o.Class {
	case invitation.Taken:
		return rec.taken(ctx, d, covered, invitation.TakenByIt, o)
	case invitation.Refused:
		return rec.refused(ctx, d, covered, o)
	case invitation.TokenDead:
		return rec.tokenDead(ctx, d, covered, o)
	case invitation.Unknown:
		return rec.unknown(ctx, d, covered, o)
	default:
		return rec.later(ctx, d, covered, o)
	}
}

func (rec *recorder) move(ctx context.Context, d deliveryRow, state invitation.DeliveryState, o invitation.Outcome) error {
	_, err := rec.tx.Exec(ctx, "UPDATE deliveries SET state = ?, unknowns = ?, code = ?, answer = ?, answered_at = ? WHERE id = ?",
		string(state), d.Unknowns, o.Code, o.Answer, rec.now, d.ID)
	if err != nil {
		return fmt.Errorf("moving to %s: %w", state, err)
	}
	return nil
}

func (rec *recorder) taken(ctx context.Context, d deliveryRow, covered []coveredRow, state invitation.DeliveryState, o invitation.Outcome) error {
	if err := rec.move(ctx, d, state, o); err != nil {
		return err
	}
	return rec.each(covered, func(r coveredRow) error {
		rec.invited = append(rec.invited, r.UserID)
		if !d.current(r) {
			return late(ctx, rec.tx, r, o.Answer, rec.now)
		}
		return taken(ctx, rec.tx, r, d.Number, o.Answer, rec.now)
	})
}

// current tells whether the invitation still waits for this very delivery.
func (d deliveryRow) current(r coveredRow) bool {
	return !r.Settled && r.Occasion == d.Occasion && r.Pending != nil && *r.Pending == d.Number
}

func (rec *recorder) refused(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	if err := rec.move(ctx, d, invitation.RefusedByIt, o); err != nil {
		return err
	}
	return rec.each(covered, func(r coveredRow) error {
		if !d.current(r) {
			return late(ctx, rec.tx, r, o.Answer, rec.now)
		}
		return refused(ctx, rec.tx, r, d.Number, o.Answer, rec.now)
	})
}

// tokenDead marks the device's channel dead, unless a newer token came since,
// and under auto hands a first delivery over to mail.
func (rec *recorder) tokenDead(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	if err := rec.move(ctx, d, invitation.RefusedByIt, o); err != nil {
		return err
	}
	dead := At(o.DeadSince)
	if dead.IsZero() {
		dead = rec.now
	}
	return rec.each(covered, func(r coveredRow) error {
		_, err := rec.tx.Exec(ctx, "UPDATE push_channels SET dead_since = ? WHERE device_id = ? AND kind = ? AND updated_at <= ?",
			dead, r.DeviceID, string(d.Channel), dead)
		switch {
		case err != nil:
			return fmt.Errorf("marking a token dead: %w", err)
		case !d.current(r):
			return nil
		case d.Number == 0 && r.Policy == invitation.PolicyAuto && r.HasMail:
			return byMail(ctx, rec.tx, r, o.Answer, rec.now)
		}
		return refused(ctx, rec.tx, r, d.Number, o.Answer, rec.now)
	})
}

// unknown lets a mail go out once more after ten minutes; a second time it
// counts as sent, and the answer says so.
func (rec *recorder) unknown(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	d.Unknowns++
	if d.Unknowns > 1 {
		o.Answer = "Unknown twice whether it was taken: " + o.Answer
		return rec.taken(ctx, d, covered, invitation.UnknownToUs, o)
	}
	return rec.again(ctx, d, covered, invitation.UnknownToUs, At(rec.now.Add(invitation.UnknownWait)), o)
}

func (rec *recorder) later(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	retries := 0
	for _, r := range covered {
		retries = max(retries, r.Retries)
	}
	due := At(rec.now.Add(max(retryDelay(retries), o.RetryAfter)))
	return rec.again(ctx, d, covered, invitation.Claimed, due, o)
}

func (rec *recorder) again(ctx context.Context, d deliveryRow, covered []coveredRow, state invitation.DeliveryState, due Time, o invitation.Outcome) error {
	if err := rec.move(ctx, d, state, o); err != nil {
		return err
	}
	var events []eventRow
	err := rec.each(covered, func(r coveredRow) error {
		if !d.current(r) {
			return nil
		}
		events = append(events, eventRow{InvitationID: r.ID, At: rec.now, What: "postponed", Channel: d.Channel, Answer: o.Answer})
		if _, err := rec.tx.Exec(ctx, "UPDATE invitations SET attempts = attempts + 1 WHERE id = ?", r.ID); err != nil {
			return fmt.Errorf("counting an attempt: %w", err)
		}
		return wait(ctx, rec.tx, r.ID, d.Number, due, o.Answer)
	})
	if err != nil {
		return err
	}
	return rec.tx.insertEvents(ctx, events)
}

func (rec *recorder) each(covered []coveredRow, do func(coveredRow) error) error {
	for _, r := range covered {
		if err := do(r); err != nil {
			return fmt.Errorf("for invitation %s: %w", r.ID, err)
		}
	}
	return nil
}
