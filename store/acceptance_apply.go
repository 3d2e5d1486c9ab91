package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// registered keeps the code of an open account. A user who was deleted
// meanwhile is not kept at Apple.
func (a *applier) registered(ctx context.Context, m move) error {
	if !a.living[m.row.UserID] {
		return a.set(ctx, m, content.StateRetiring, "")
	}
	sealed, err := a.tx.store.seal(codeName(a.location, m.row.UserID), []byte(m.account.InviteCode))
	if err != nil {
		return fmt.Errorf("sealing an invite code: %w", err)
	}
	if err := a.ended(ctx, m); err != nil {
		return err
	}
	a.recoded = append(a.recoded, m.row.UserID)
	return a.set(ctx, m, content.StateRegistered, sealed)
}

// associated records an acceptance.
func (a *applier) associated(ctx context.Context, m move) error {
	a.order++
	_, err := a.tx.Exec(ctx, `UPDATE registrations SET state = 'associated', id_hash = ?, event_id = '', submitted_at = NULL, last_answer = '',
		accepted_order = ?, associated_at = ?, updated_at = ? WHERE location = ? AND user_id = ?`,
		m.account.IDHash, a.order, a.now, a.now, a.location, m.row.UserID)
	if err != nil {
		return fmt.Errorf("writing an acceptance: %w", err)
	}
	return nil
}

// retired notes that an account has ended. A silent user is registered again.
func (a *applier) retired(ctx context.Context, m move) error {
	if err := a.ended(ctx, m); err != nil {
		return err
	}
	a.applied.Retired++
	state := content.StateRetired
	if m.row.State == content.StateRetiring && m.row.ManagedAccount != "" {
		state = content.StateWanted
	}
	return a.set(ctx, m, state, "")
}

// ended ends the enrollment of an account that was associated.
func (a *applier) ended(ctx context.Context, m move) error {
	if m.row.State != content.StateAssociated {
		return nil
	}
	_, err := unenroll(ctx, a.tx, appsAndBooks(), m.row.UserID)
	return err
}

func (a *applier) set(ctx context.Context, m move, state content.RegistrationState, sealed string) error {
	_, err := a.tx.Exec(ctx, `UPDATE registrations SET state = ?, invite_code = ?, id_hash = ?, event_id = '', submitted_at = NULL, last_answer = '',
		accepted_order = NULL, associated_at = NULL, updated_at = ? WHERE location = ? AND user_id = ?`,
		string(state), sealed, m.account.IDHash, a.now, a.location, m.row.UserID)
	if err != nil {
		return fmt.Errorf("moving a registration to %s: %w", state, err)
	}
	return nil
}

// appsAndBooks acts in audit log and timelines.
func appsAndBooks() people.Actor { return people.System("apps_and_books") }

// accept settles the open invitations of users who have accepted, as an answer
// does, and enrolls them at once: their licenses wait for that, and Record comes
// later.
func (a *applier) accept(ctx context.Context, users []string) error {
	if len(users) == 0 {
		return nil
	}
	if _, err := a.tx.Exec(ctx, "UPDATE locations SET accepted = ? WHERE location = ?", a.order, a.location); err != nil {
		return fmt.Errorf("counting acceptances: %w", err)
	}
	answered := map[string]string{}
	for part := range slices.Chunk(users, maxIn) {
		if err := a.settle(ctx, part, answered); err != nil {
			return err
		}
	}
	for _, user := range users {
		a.applied.Enrolled = append(a.applied.Enrolled, user)
		if answered[user] != "" {
			a.applied.Wake = append(a.applied.Wake, user)
		}
		by := answeredRow{ID: answered[user], AnsweredAt: a.now, Source: invitation.SourceBooks, Actor: JSON[people.Actor]{appsAndBooks()}}
		if err := enroll(ctx, a.tx, user, a.location, by); err != nil {
			return err
		}
	}
	return nil
}

// settle accepts what users have open, and adds to answered, by user, the first
// invitation that was accepted by it: not past its expiry.
func (a *applier) settle(ctx context.Context, users []string, answered map[string]string) error {
	var open []string
	in, args := inClause("user_id", users)
	if err := a.tx.Select(ctx, &open, "SELECT id FROM invitations WHERE settled_at IS NULL AND "+in+" ORDER BY id", args...); err != nil {
		return fmt.Errorf("reading open invitations: %w", err)
	}
	settled, over, err := a.tx.settle(ctx, open, settlement{State: invitation.Accepted, Actor: appsAndBooks(), At: a.now, Source: invitation.SourceBooks})
	if err != nil {
		return err
	}
	a.applied.SettledSends = append(a.applied.SettledSends, over...)
	for part := range slices.Chunk(settled, maxIn) {
		if err := a.answered(ctx, part, answered); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) answered(ctx context.Context, settled []string, users map[string]string) error {
	var accepted []struct {
		ID     string `db:"id"`
		UserID string `db:"user_id"`
	}
	in, args := inClause("id", settled)
	if err := a.tx.Select(ctx, &accepted, "SELECT id, user_id FROM invitations WHERE state = 'accepted' AND "+in+" ORDER BY id", args...); err != nil {
		return fmt.Errorf("reading who has accepted: %w", err)
	}
	for _, one := range accepted {
		users[one.UserID] = cmp.Or(users[one.UserID], one.ID)
		a.tx.audit(appsAndBooks(), change{Action: "invitation.accept", Kind: "invitation", ID: one.ID, Became: stateDoc{invitation.Accepted}})
	}
	return nil
}
