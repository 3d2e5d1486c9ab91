package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
)

// Commit marks deliveries as transmitting and records results, all in one
// transaction. It returns the ids that it marked: a delivery whose send is
// paused, or which covers nothing open any more, must not leave.
func (s *Store) Commit(ctx context.Context, mark []string, results []invitation.Result) ([]string, error) {
	var marked []string
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if err := tx.record(ctx, results, now); err != nil {
			return err
		}
		marked, err = tx.markTransmitting(ctx, mark, now)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("committing deliveries: %w", err)
	}
	return marked, nil
}

const opensOne = `EXISTS (SELECT 1 FROM delivery_invitations di JOIN invitations i ON i.id = di.invitation_id
	WHERE di.delivery_id = deliveries.id AND i.settled_at IS NULL)`

func (tx *Tx) markTransmitting(ctx context.Context, ids []string, now Time) ([]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var marked []string
	in, args := inClause("id", ids)
	err := tx.Select(ctx, &marked, `UPDATE deliveries SET state = 'transmitting', transmitting_at = ? WHERE state = 'claimed'
		AND EXISTS (SELECT 1 FROM sends s WHERE s.id = deliveries.send_id AND s.state = 'running') AND `+opensOne+" AND "+in+" RETURNING id",
		append([]any{now}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("marking deliveries: %w", err)
	}
	if len(marked) == len(ids) {
		return marked, nil
	}
	_, err = tx.Exec(ctx, "UPDATE deliveries SET state = 'withdrawn', answered_at = ? WHERE state = 'claimed' AND NOT "+opensOne+" AND "+in,
		append([]any{now}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("withdrawing deliveries: %w", err)
	}
	return marked, nil
}

// deliveryRow is what recording a result needs of its delivery.
type deliveryRow struct {
	ID       string                   `db:"id"`
	Channel  invitation.Channel       `db:"channel"`
	Number   int                      `db:"number"`
	Occasion string                   `db:"occasion"`
	State    invitation.DeliveryState `db:"state"`
	Unknowns int                      `db:"unknowns"`
}

func (tx *Tx) record(ctx context.Context, results []invitation.Result, now Time) error {
	for part := range slices.Chunk(results, maxIn) {
		if err := tx.recordPart(ctx, part, now); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) recordPart(ctx context.Context, results []invitation.Result, now Time) error {
	ids := make([]string, len(results))
	for i, r := range results {
		ids[i] = r.DeliveryID
	}
	deliveries, covered, err := tx.readDeliveries(ctx, ids)
	if err != nil {
		return err
	}
	rec := recorder{tx: tx, now: now}
	for _, r := range results {
		d, known := deliveries[r.DeliveryID]
		if !known || d.over() {
			continue // recorded before: an activity that ran twice
		}
		if err := rec.result(ctx, d, covered[d.ID], r.Outcome); err != nil {
			return fmt.Errorf("recording delivery %s: %w", d.ID, err)
		}
	}
	return tx.markInvited(ctx, rec.invited, now)
}

func (d deliveryRow) over() bool {
	return d.State == invitation.TakenByIt || d.State == invitation.RefusedByIt
}

func (tx *Tx) readDeliveries(ctx context.Context, ids []string) (map[string]deliveryRow, map[string][]coveredRow, error) {
	var rows []deliveryRow
	in, args := inClause("id", ids)
	if err := tx.Select(ctx, &rows, "SELECT id, channel, number, occasion, state, unknowns FROM deliveries WHERE "+in, args...); err != nil {
		return nil, nil, fmt.Errorf("reading deliveries: %w", err)
	}
	deliveries := make(map[string]deliveryRow, len(rows))
	for _, r := range rows {
		deliveries[r.ID] = r
	}
	var list []coveredRow
	in, args = inClause("di.delivery_id", ids)
	if err := tx.Select(ctx, &list, coveredQuery+in+" ORDER BY i.id", args...); err != nil {
		return nil, nil, fmt.Errorf("reading covered invitations: %w", err)
	}
	covered := map[string][]coveredRow{}
	for _, r := range list {
		covered[r.DeliveryID] = append(covered[r.DeliveryID], r)
	}
	return deliveries, covered, nil
}

// markInvited notes that a provider took a delivery for users.
func (tx *Tx) markInvited(ctx context.Context, users []string, now Time) error {
	if len(users) == 0 {
		return nil
	}
	slices.Sort(users)
	users = slices.Compact(users)
	in, args := inClause("id", users)
	_, err := tx.Exec(ctx, `UPDATE users SET invited_at = ?, state = CASE WHEN state = 'not_invited' THEN 'invited' ELSE state END,
		version = version + 1 WHERE invited_at IS NULL AND `+in, append([]any{now}, args...)...)
	if err != nil {
		return fmt.Errorf("marking users invited: %w", err)
	}
	return nil
}
