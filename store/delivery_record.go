package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heraut/invitation"
)

// recorder writes what providers answered.
type recorder struct {
	tx  *Tx
	now Time
	// unknownSince is from when an unknown fate waits; zero: from now.
	unknownSince Time
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
		last, err := rec.lastOf(ctx, d, r)
		switch {
		case err != nil:
			return err
		case !last:
			return late(ctx, rec.tx, r, o.Answer, rec.now)
		}
		return taken(ctx, rec.tx, r, d.Number, o.Answer, rec.now)
	})
}

// current tells whether the invitation still waits for this very delivery.
func (d deliveryRow) current(r coveredRow) bool {
	return !r.Settled && d.ofNow(r) && r.Pending != nil && *r.Pending == d.Number
}

// ofNow tells whether the delivery belongs to what the invitation is about now:
// its occasion, and by MDM its generation, unless another channel stands in.
func (d deliveryRow) ofNow(r coveredRow) bool {
	if d.Channel != invitation.ChannelMDM {
		return r.Occasion == d.Occasion
	}
	return r.Occasion == d.Occasion && r.Generation == d.Generation && r.Channel == d.Channel
}

// lastOf tells whether an invitation waits for this delivery and no other: a
// reminder by push and mail is over when both are.
func (rec *recorder) lastOf(ctx context.Context, d deliveryRow, r coveredRow) (bool, error) {
	if !d.current(r) || d.Number == 0 {
		return d.current(r), nil
	}
	var others int
	err := rec.tx.Get(ctx, &others, `SELECT COUNT(*) FROM delivery_invitations di JOIN deliveries o ON o.id = di.delivery_id
		WHERE di.invitation_id = ? AND o.id <> ? AND o.occasion = ? AND o.number = ?
		AND (o.channel <> 'mdm' OR o.generation = ?)
		AND (o.state IN ('claimed', 'transmitting') OR o.state = 'unknown' AND o.unknowns < ?)`, r.ID, d.ID, d.Occasion, d.Number, r.Generation, maxUnknowns)
	if err != nil {
		return false, fmt.Errorf("looking for the other half of a reminder: %w", err)
	}
	return others == 0, nil
}

func (rec *recorder) refused(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	if err := rec.move(ctx, d, invitation.RefusedByIt, o); err != nil {
		return err
	}
	return rec.each(covered, func(r coveredRow) error { return rec.refusedFor(ctx, d, r, o) })
}

func (rec *recorder) refusedFor(ctx context.Context, d deliveryRow, r coveredRow, o invitation.Outcome) error {
	last, err := rec.lastOf(ctx, d, r)
	switch {
	case err != nil:
		return err
	case !last:
		return late(ctx, rec.tx, r, o.Answer, Time{})
	}
	return refused(ctx, rec.tx, r, d.Number, o.Answer, rec.now)
}

// tokenDead marks the device's channel dead, unless a newer token came since,
// and under auto hands a first delivery over to the next best channel, as it
// does with a reminder of what MDM has not shown yet.
func (rec *recorder) tokenDead(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	if err := rec.move(ctx, d, invitation.RefusedByIt, o); err != nil {
		return err
	}
	return rec.each(covered, func(r coveredRow) error {
		if err := rec.killToken(ctx, d, r, o); err != nil {
			return err
		}
		to := r.ways().Instead()
		if d.current(r) && d.Number == 0 && to != "" {
			return turned(ctx, rec.tx, r, to, o.Answer, rec.now)
		}
		if err := rec.refusedFor(ctx, d, r, o); err != nil || to == "" || !d.unseen(r) {
			return err
		}
		return rec.standInForReminder(ctx, d, r, to, o)
	})
}

// unseen tells whether the delivery was to remind of an invitation that MDM
// can not show any more.
func (d deliveryRow) unseen(r coveredRow) bool {
	return d.Channel == invitation.ChannelMDM && d.Number > 0 && d.ofNow(r) && !r.Settled && r.State == invitation.Sent
}

// standInForReminder begins anew by another channel, unless the reminder's
// mail tells the person already.
func (rec *recorder) standInForReminder(ctx context.Context, d deliveryRow, r coveredRow, to invitation.Channel, o invitation.Outcome) error {
	var mails int
	err := rec.tx.Get(ctx, &mails, `SELECT COUNT(*) FROM delivery_invitations di JOIN deliveries o ON o.id = di.delivery_id
		WHERE di.invitation_id = ? AND o.occasion = ? AND o.number = ? AND o.channel = 'mail' AND o.state NOT IN ('refused', 'withdrawn')`, r.ID, d.Occasion, d.Number)
	if err != nil {
		return fmt.Errorf("looking for the mail of a reminder: %w", err)
	}
	if mails > 0 {
		return nil
	}
	return standIn(ctx, rec.tx, r, to, o.Answer, rec.now)
}

// killToken spares a token that the device registered after APNs found the old
// one dead; where APNs names no time, after the push left.
func (rec *recorder) killToken(ctx context.Context, d deliveryRow, r coveredRow, o invitation.Outcome) error {
	before := At(o.DeadSince)
	if before.IsZero() {
		before = d.TransmittingAt
	}
	n, err := rec.tx.Exec(ctx, "UPDATE push_channels SET dead_since = ? WHERE device_id = ? AND kind = ? AND dead_since IS NULL AND updated_at <= ?",
		before, r.DeviceID, string(d.Channel), before)
	if err == nil && n > 0 {
		_, err = touch(ctx, rec.tx, "devices", string(r.DeviceID))
	}
	if err != nil {
		return fmt.Errorf("marking a token dead: %w", err)
	}
	return nil
}

// unknown lets a mail go out once more after ten minutes; a second time it
// counts as sent, and the answer says so.
func (rec *recorder) unknown(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	d.Unknowns++
	if d.Unknowns >= maxUnknowns {
		o.Answer = "Unknown twice whether it was taken: " + o.Answer
		return rec.taken(ctx, d, covered, invitation.UnknownToUs, o)
	}
	since := rec.unknownSince
	if since.IsZero() {
		since = rec.now
	}
	return rec.again(ctx, d, covered, invitation.UnknownToUs, At(since.Add(invitation.UnknownWait)), o)
}

func (rec *recorder) later(ctx context.Context, d deliveryRow, covered []coveredRow, o invitation.Outcome) error {
	state, retries := invitation.Claimed, 0
	for _, r := range covered {
		retries = max(retries, r.Retries)
	}
	if !slices.ContainsFunc(covered, d.current) {
		state = invitation.Withdrawn // nobody waits for another try
	}
	due := At(rec.now.Add(max(retryDelay(retries), o.RetryAfter)))
	return rec.again(ctx, d, covered, state, due, o)
}

// retryDelay is the wait before try n+1 of one recipient's delivery: from half
// a minute to an hour.
func retryDelay(retries int) time.Duration {
	return min(30*time.Second<<min(retries, 10), time.Hour)
}

// again postpones a delivery for those who still wait for it.
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
