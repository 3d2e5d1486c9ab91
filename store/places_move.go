package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
	"heraut/people"
)

// living is a condition on registrations: there is, or is to be, an account.
const living = "state IN ('wanted', 'submitted', 'registered', 'associated')"

// mayMove are the users who may have accounts elsewhere than where they belong:
// with one content token, those with accounts at other locations.
func mayMove(places []string) scope {
	if len(places) == 1 {
		return scope{"IN (SELECT user_id FROM registrations WHERE (location < ? OR location > ?) AND " + living + ")", []any{places[0], places[0]}}
	}
	return scope{in: "IN (SELECT user_id FROM registrations WHERE " + living + ")"}
}

// MoveAccounts ends the accounts of users at locations that they do not belong
// to any more, and their enrollment there: they have to accept anew at theirs.
// Who was enrolled there without an invitation is to be registered at the new
// one. It tells how many accounts that were.
func (s *Store) MoveAccounts(ctx context.Context) (int, error) {
	moved := 0
	places, err := locations(ctx, s.reader())
	if err != nil || len(places) == 0 {
		return 0, err
	}
	list, err := readMoves(ctx, s.reader(), mayMove(places))
	for part := range slices.Chunk(usersOfMoves(list), maxIn) {
		if err == nil {
			err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
				n, err := s.moveAccounts(ctx, tx, scopeOfUsers(part))
				moved += n
				return err
			})
		}
	}
	if err != nil {
		return moved, fmt.Errorf("moving users to their locations: %w", err)
	}
	return moved, nil
}

// moveRow is an account at a location that its user does not belong to.
type moveRow struct {
	Location string                    `db:"location"`
	UserID   string                    `db:"user_id"`
	State    content.RegistrationState `db:"state"`
	// Told is the Managed Apple Account that Apple was told there, Account the
	// user's.
	Told    string `db:"managed_apple_account"`
	Account string `db:"account"`
	To      string `db:"destination"`
}

func usersOfMoves(moves []moveRow) []string {
	users := make([]string, len(moves))
	for i, m := range moves {
		users[i] = m.UserID
	}
	return slices.Compact(users)
}

func readMoves(ctx context.Context, from getter, sc scope) ([]moveRow, error) {
	var rows []moveRow
	with, args := placed(sc)
	err := from.Select(ctx, &rows, with+`SELECT r.location, r.user_id, r.state, r.managed_apple_account, u.managed_apple_account AS account, p.location AS destination
		FROM placed p JOIN registrations r ON r.user_id = p.user_id JOIN users u ON u.id = p.user_id
		WHERE r.location <> p.location AND r.`+living+` AND u.deleted_at IS NULL
		ORDER BY r.user_id, r.location`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading whose location has changed: %w", err)
	}
	return rows, nil
}

// moveAccounts is MoveAccounts for a scope, in the transaction of a change.
func (s *Store) moveAccounts(ctx context.Context, tx *Tx, sc scope) (int, error) {
	moves, err := readMoves(ctx, tx, sc)
	if err != nil || len(moves) == 0 {
		return 0, err
	}
	if err := tx.lock(ctx, "users", usersOfMoves(moves)); err != nil {
		return 0, err
	}
	// Now that everybody is taken, what was read before may have changed.
	if moves, err = readMoves(ctx, tx, sc); err != nil {
		return 0, err
	}
	byPlace := map[string][]moveRow{}
	for _, m := range moves {
		byPlace[m.Location] = append(byPlace[m.Location], m)
	}
	for place, list := range byPlace {
		if err := tx.leave(ctx, place, usersOfMoves(list)); err != nil {
			return 0, err
		}
	}
	// Reconcile wakes their workflows, as it does for what a change makes due.
	if _, err := tx.codeChanged(ctx, usersOfMoves(moves)); err != nil {
		return 0, err
	}
	return len(moves), s.wantMoved(ctx, tx, moves)
}

// leave ends what users have at a location. What Apple was not asked for yet
// needs no end there.
func (tx *Tx) leave(ctx context.Context, location string, users []string) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(users, maxIn) {
		in, args := inClause("user_id", part)
		_, err := tx.Exec(ctx, `UPDATE registrations SET state = CASE WHEN state = 'wanted' THEN 'retired' ELSE 'retiring' END, managed_apple_account = '',
			invite_code = '', event_id = '', submitted_at = NULL, updated_at = ?
			WHERE location = ? AND `+living+` AND `+in, append([]any{now, location}, args...)...)
		if err != nil {
			return fmt.Errorf("ending accounts at location %s: %w", location, err)
		}
		var enrolled []string
		err = tx.Select(ctx, &enrolled, "SELECT user_id FROM enrollments WHERE location = ? AND "+in+" ORDER BY user_id", append([]any{location}, args...)...)
		if err != nil {
			return fmt.Errorf("reading who is enrolled at location %s: %w", location, err)
		}
		for _, user := range enrolled {
			if _, err := unenroll(ctx, tx, people.System("locations"), user); err != nil {
				return err
			}
		}
	}
	return nil
}

// wantMoved notes who has to be registered at the new location without an
// invitation, as at the old one.
func (s *Store) wantMoved(ctx context.Context, tx *Tx, moves []moveRow) error {
	var list []silentRow
	for _, m := range moves {
		if m.Told != "" && m.Account != "" {
			list = append(list, silentRow{ID: m.UserID, Account: m.Account, Location: m.To})
		}
	}
	return s.wantAccounts(ctx, tx, list)
}
