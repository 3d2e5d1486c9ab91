package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
	"heraut/invitation"
)

// RefuseAccounts notes that Apple has not registered users, and why. A Managed
// Apple Account that is refused for good is not told again. Other users'
// invitations that wait for their first delivery are postponed or, refused for
// good, failed. Repeating it changes nothing more.
func (s *Store) RefuseAccounts(ctx context.Context, location string, refusals []content.Refusal) (content.Applied, error) {
	byUser := make(map[string]content.Refusal, len(refusals))
	for _, r := range refusals {
		byUser[r.UserID] = r
	}
	var applied content.Applied
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		applied = content.Applied{}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := tx.submitted(ctx, location, byUser)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := tx.refuse(ctx, row, byUser[row.UserID], now, &applied); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return content.Applied{}, fmt.Errorf("noting whom Apple did not register: %w", err)
	}
	return applied, nil
}

// submitted takes the users and their registrations that Apple was asked for.
func (tx *Tx) submitted(ctx context.Context, location string, refused map[string]content.Refusal) ([]registrationRow, error) {
	users := make([]string, 0, len(refused))
	for id := range refused {
		users = append(users, id)
	}
	slices.Sort(users)
	if err := tx.lock(ctx, "users", users); err != nil {
		return nil, err
	}
	var all []registrationRow
	for part := range slices.Chunk(users, maxIn) {
		var rows []registrationRow
		in, args := inClause("user_id", part)
		err := tx.Select(ctx, &rows, "SELECT "+registrationColumns+" FROM registrations WHERE location = ? AND state = 'submitted' AND "+in+" ORDER BY user_id",
			append([]any{location}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading registrations: %w", err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

func (tx *Tx) refuse(ctx context.Context, row registrationRow, r content.Refusal, now Time, applied *content.Applied) error {
	state := content.StateWanted
	if r.ForGood {
		state = content.StateRefused
	}
	_, err := tx.Exec(ctx, `UPDATE registrations SET state = ?, last_answer = ?, event_id = '', submitted_at = NULL, updated_at = ?,
		refused_account = CASE WHEN ? THEN managed_apple_account ELSE refused_account END,
		managed_apple_account = CASE WHEN ? THEN '' ELSE managed_apple_account END WHERE location = ? AND user_id = ?`,
		string(state), r.Answer, now, r.ForGood, r.ForGood, row.Location, row.UserID)
	if err != nil {
		return fmt.Errorf("refusing user %s: %w", row.UserID, err)
	}
	if row.ManagedAccount != "" {
		return nil
	}
	return tx.refuseDue(ctx, row.UserID, r, now, applied)
}

type dueOneRow struct {
	ID      string `db:"id"`
	Pending int    `db:"pending"`
	Retries int    `db:"retries"`
}

// refuseDue postpones the deliveries of a user that are due; where Apple
// refuses for good, what was never delivered has failed.
func (tx *Tx) refuseDue(ctx context.Context, userID string, r content.Refusal, now Time, applied *content.Applied) error {
	var due []dueOneRow
	err := tx.Select(ctx, &due, "SELECT id, pending, retries FROM invitations WHERE user_id = ? AND settled_at IS NULL AND pending IS NOT NULL AND due_at <= ? ORDER BY id"+
		tx.forUpdate("invitations"), userID, now)
	if err != nil || len(due) == 0 {
		return err
	}
	if r.ForGood {
		var ids []string
		for _, d := range due {
			if d.Pending == 0 {
				ids = append(ids, d.ID)
			}
		}
		_, over, err := tx.settle(ctx, ids, settlement{State: invitation.Failed, Actor: appsAndBooks(), Words: r.Answer, At: now})
		applied.SettledSends = append(applied.SettledSends, over...)
		applied.Wake = append(applied.Wake, userID)
		return err
	}
	var events []eventRow
	for _, d := range due {
		if err := wait(ctx, tx, d.ID, d.Pending, At(now.Add(retryDelay(d.Retries))), r.Answer); err != nil {
			return err
		}
		events = append(events, eventRow{InvitationID: d.ID, At: now, What: "postponed", Answer: r.Answer, Actor: appsAndBooks().String()})
	}
	return tx.insertEvents(ctx, events)
}
