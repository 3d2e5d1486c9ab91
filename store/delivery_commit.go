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

// wanted tells whether an invitation that a delivery covers is open and still
// waits for this attempt; running adds that it may leave now.
const (
	wanted = `EXISTS (SELECT 1 FROM delivery_invitations di JOIN invitations i ON i.id = di.invitation_id JOIN sends s ON s.id = i.send_id
		WHERE di.delivery_id = deliveries.id AND i.settled_at IS NULL AND i.occasion = deliveries.occasion
			AND (deliveries.channel <> 'mdm' OR i.generation = deliveries.generation)`
	running = ` AND s.state = 'running'`
)

func (tx *Tx) markTransmitting(ctx context.Context, ids []string, now Time) ([]string, error) {
	var marked []string
	for part := range slices.Chunk(ids, maxIn) {
		some, err := tx.markPart(ctx, part, now)
		if err != nil {
			return nil, err
		}
		marked = append(marked, some...)
	}
	return marked, nil
}

func (tx *Tx) markPart(ctx context.Context, ids []string, now Time) ([]string, error) {
	var marked []string
	in, args := inClause("id", ids)
	err := tx.Select(ctx, &marked, `UPDATE deliveries SET state = 'transmitting', transmitting_at = ?, answered_at = NULL
		WHERE state = 'claimed' AND `+wanted+running+") AND "+in+" RETURNING id", append([]any{now}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("marking deliveries: %w", err)
	}
	if len(marked) == len(ids) {
		return marked, nil
	}
	_, err = tx.Exec(ctx, "UPDATE deliveries SET state = 'withdrawn', answered_at = ? WHERE state = 'claimed' AND NOT "+wanted+") AND "+in,
		append([]any{now}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("withdrawing deliveries: %w", err)
	}
	return marked, nil
}

// deliveryRow is what recording a result needs of its delivery.
type deliveryRow struct {
	ID             string                   `db:"id"`
	UserID         string                   `db:"user_id"`
	Channel        invitation.Channel       `db:"channel"`
	Number         int                      `db:"number"`
	Occasion       string                   `db:"occasion"`
	Generation     int                      `db:"generation"`
	State          invitation.DeliveryState `db:"state"`
	Unknowns       int                      `db:"unknowns"`
	TransmittingAt Time                     `db:"transmitting_at"`
	AnsweredAt     Time                     `db:"answered_at"`
}

const deliveryColumns = "id, user_id, channel, number, occasion, generation, state, unknowns, transmitting_at, answered_at"

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
	deliveries, err := tx.readDeliveries(ctx, ids)
	if err != nil {
		return err
	}
	// Users come before invitations; see lock.
	if err := tx.markInvited(ctx, invited(deliveries, results), now); err != nil {
		return err
	}
	covered, err := tx.takeCovered(ctx, ids)
	if err != nil {
		return err
	}
	if tx.store.kind == Postgres { // somebody else may have recorded them until now
		if deliveries, err = tx.readDeliveries(ctx, ids); err != nil {
			return err
		}
	}
	rec := recorder{tx: tx, now: now}
	for _, r := range results {
		d, known := deliveries[r.DeliveryID]
		if !known || !d.takes(r.Outcome.Class) {
			continue
		}
		if err := rec.result(ctx, d, covered[r.DeliveryID], r.Outcome); err != nil {
			return fmt.Errorf("recording delivery %s: %w", r.DeliveryID, err)
		}
		delete(deliveries, r.DeliveryID) // one result is enough
	}
	return nil
}

// takes tells whether a result of the class says anything new: an activity
// that ran twice, or a commit whose answer was lost, tells it again.
func (d deliveryRow) takes(class invitation.Class) bool {
	switch d.State {
	case invitation.TakenByIt, invitation.RefusedByIt:
		return false
	case invitation.Claimed, invitation.Transmitting:
		if d.AnsweredAt.IsZero() {
			return true
		}
	}
	return class == invitation.Taken || class == invitation.Refused || class == invitation.TokenDead
}

// invited are the users of deliveries that a provider took, or may have taken
// twice.
func invited(deliveries map[string]deliveryRow, results []invitation.Result) []string {
	var users []string
	for _, r := range results {
		d, known := deliveries[r.DeliveryID]
		if !known || !d.takes(r.Outcome.Class) {
			continue
		}
		if r.Outcome.Class == invitation.Taken || r.Outcome.Class == invitation.Unknown && d.Unknowns+1 >= maxUnknowns {
			users = append(users, d.UserID)
		}
	}
	return users
}

func (tx *Tx) readDeliveries(ctx context.Context, ids []string) (map[string]deliveryRow, error) {
	var rows []deliveryRow
	in, args := inClause("id", ids)
	if err := tx.Select(ctx, &rows, "SELECT "+deliveryColumns+" FROM deliveries WHERE "+in, args...); err != nil {
		return nil, fmt.Errorf("reading deliveries: %w", err)
	}
	deliveries := make(map[string]deliveryRow, len(rows))
	for _, r := range rows {
		deliveries[r.ID] = r
	}
	return deliveries, nil
}

// takeCovered locks and reads the invitations that deliveries cover, by delivery.
func (tx *Tx) takeCovered(ctx context.Context, ids []string) (map[string][]coveredRow, error) {
	var rows []coveredRow
	in, args := inClause("di.delivery_id", ids)
	if err := tx.Select(ctx, &rows, coveredQuery+in+" ORDER BY i.id"+tx.forUpdate("i"), args...); err != nil {
		return nil, fmt.Errorf("reading covered invitations: %w", err)
	}
	covered := map[string][]coveredRow{}
	for _, r := range rows {
		covered[r.DeliveryID] = append(covered[r.DeliveryID], r)
	}
	return covered, nil
}

// markInvited notes that a provider took a delivery for users.
func (tx *Tx) markInvited(ctx context.Context, users []string, now Time) error {
	if len(users) == 0 {
		return nil
	}
	slices.Sort(users)
	users = slices.Compact(users)
	if err := tx.lock(ctx, "users", users); err != nil {
		return err
	}
	in, args := inClause("id", users)
	_, err := tx.Exec(ctx, `UPDATE users SET invited_at = ?, state = CASE WHEN state = 'not_invited' THEN 'invited' ELSE state END,
		version = version + 1, updated_at = ? WHERE invited_at IS NULL AND `+in, append([]any{now, now}, args...)...)
	if err != nil {
		return fmt.Errorf("marking users invited: %w", err)
	}
	return nil
}
