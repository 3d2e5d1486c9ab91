package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// CreateUser stores a new user. Faults: invalid_request, conflict for an
// external id that is taken.
func (s *Store) CreateUser(ctx context.Context, actor people.Actor, u people.User) (people.User, error) {
	u = u.Clean()
	if err := u.Check(); err != nil {
		return people.User{}, err
	}
	u.ID, u.State, u.Version = newID(), people.NotInvited, 1
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		u.CreatedAt, u.UpdatedAt = now.Time, now.Time
		if err := checkPlace(ctx, tx, u.ContentLocation); err != nil {
			return err
		}
		if err := insertUser(ctx, tx, u); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "user.create", Kind: "user", ID: u.ID, Became: docOfUser(u)})
		return nil
	})
	if err != nil {
		return people.User{}, fmt.Errorf("creating a user: %w", err)
	}
	return u, nil
}

func insertUser(ctx context.Context, tx *Tx, u people.User) error {
	_, err := tx.Exec(ctx, `INSERT INTO users (id, full_name, email, language, managed_apple_account, external_id,
		managed_distribution, content_location, state, sort_name, search, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		u.ID, u.FullName, u.Email, u.Language, u.ManagedAppleAccount, Text(u.ExternalID),
		u.ManagedDistribution, u.ContentLocation, string(u.State), sortName(u.FullName), userSearch(u), At(u.CreatedAt), At(u.UpdatedAt))
	return err
}

// User returns a user; not_found when there is none.
func (s *Store) User(ctx context.Context, id string) (people.User, error) {
	return getUser(ctx, s.reader(), id)
}

// getter is a Reader or a Tx.
type getter interface {
	Get(ctx context.Context, dst any, query string, args ...any) error
	Select(ctx context.Context, dst any, query string, args ...any) error
}

func getUser(ctx context.Context, from getter, id string) (people.User, error) {
	var row userRow
	err := from.Get(ctx, &row, "SELECT "+userColumns+" FROM users WHERE id = ? AND deleted_at IS NULL", id)
	if err != nil {
		return people.User{}, fmt.Errorf("reading user %s: %w", id, orNotFound(err, "User not found."))
	}
	return row.user(), nil
}

// UpdateUser changes a user by edit, which may run more than once. Id, state
// and times are not edit's to change. Faults: not_found, precondition_failed
// when ifVersion is given and is not the user's, conflict for what a directory
// or a SCIM client owns, and those of CreateUser.
func (s *Store) UpdateUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64,
	edit func(people.User) (people.User, error),
) (people.User, error) {
	var updated people.User
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getUser(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		updated, err = edit(before)
		if err != nil {
			return err
		}
		updated, err = saveUserByHand(ctx, tx, actor, before, updated)
		return err
	})
	if err != nil {
		return people.User{}, fmt.Errorf("updating user %s: %w", id, err)
	}
	return updated, nil
}

func saveUser(ctx context.Context, tx *Tx, actor people.Actor, before, after people.User) (people.User, error) {
	after = after.Clean()
	after.ID, after.State, after.EnrolledAt, after.CreatedAt = before.ID, before.State, before.EnrolledAt, before.CreatedAt
	after.UpdatedAt, after.Version = before.UpdatedAt, before.Version
	after.Disabled, after.DirectoryID = before.Disabled, before.DirectoryID
	if after == before {
		tx.Made("user", before.ID)
		return before, nil
	}
	if err := after.Check(); err != nil {
		return before, err
	}
	if err := refuseOwned(ctx, tx, before, after); err != nil {
		return before, err
	}
	if after.ContentLocation != before.ContentLocation {
		if err := checkPlace(ctx, tx, after.ContentLocation); err != nil {
			return before, err
		}
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return before, err
	}
	after.UpdatedAt, after.Version = now.Time, before.Version+1
	n, err := tx.Exec(ctx, `UPDATE users SET full_name = ?, email = ?, language = ?, managed_apple_account = ?, external_id = ?,
		managed_distribution = ?, content_location = ?, sort_name = ?, search = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		after.FullName, after.Email, after.Language, after.ManagedAppleAccount, Text(after.ExternalID),
		after.ManagedDistribution, after.ContentLocation, sortName(after.FullName), userSearch(after), now, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	tx.audit(actor, change{Action: "user.update", Kind: "user", ID: before.ID, Was: docOfUser(before), Became: docOfUser(after)})
	if before.ManagedDistribution && !after.ManagedDistribution {
		if err := servicesMayBeOff(ctx, tx, actor, []string{before.ID}); err != nil {
			return after, err
		}
	}
	return moved(ctx, tx, before, after)
}

// moved ends what a user has at the location that was left, and reads what that
// did to the user.
func moved(ctx context.Context, tx *Tx, before, after people.User) (people.User, error) {
	if after.ContentLocation == before.ContentLocation {
		return after, nil
	}
	if _, err := tx.store.moveAccounts(ctx, tx, scopeOfUser(before.ID)); err != nil {
		return before, err
	}
	return getUser(ctx, tx, before.ID)
}

// DeleteUser takes a user away: out of lists and groups, devices assigned to
// nobody, open invitations cancelled. The name stays for completed tasks; the
// addresses and the external id are erased. Faults: not_found, conflict for one
// who comes from a directory or from a SCIM client, which would not know.
func (s *Store) DeleteUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getUser(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := refuseOwnedBy(ctx, tx, before.DirectoryID); err != nil {
			return err
		}
		if err := refuseBrought(ctx, tx, "scim_users", id); err != nil {
			return err
		}
		return deleteOneUser(ctx, tx, actor, id, ifVersion)
	})
	if err != nil {
		return fmt.Errorf("deleting user %s: %w", id, err)
	}
	return nil
}

func deleteOneUser(ctx context.Context, tx *Tx, actor people.Actor, id string, ifVersion *int64) error {
	before, err := getUser(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := checkVersion(ifVersion, before.Version); err != nil {
		return err
	}
	if err := deleteUsers(ctx, tx, actor, []string{id}, invitation.Deleted); err != nil {
		return err
	}
	tx.audit(actor, change{Action: "user.delete", Kind: "user", ID: id, Was: docOfUser(before)})
	return nil
}

// deleteUsers takes at most maxIn users away.
func deleteUsers(ctx context.Context, tx *Tx, actor people.Actor, ids []string, why invitation.Reason) error {
	if err := usersDeleted(ctx, tx, actor, ids, why); err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	in, args := inClause("user_id", ids)
	for _, table := range []string{"group_users", "scim_addresses", "scim_users", "directory_users"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE "+in, args...); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, "UPDATE devices SET user_id = NULL, updated_at = ?, version = version + 1 WHERE "+in, append([]any{now}, args...)...)
	if err != nil {
		return err
	}
	in, args = inClause("id", ids)
	_, err = tx.Exec(ctx, `UPDATE users SET deleted_at = ?, updated_at = ?, version = version + 1, email = '', language = '',
		managed_apple_account = '', external_id = NULL, managed_distribution = FALSE, content_location = '', disabled_at = NULL, search = '' WHERE deleted_at IS NULL AND `+in,
		append([]any{now, now}, args...)...)
	return err
}

// checkVersion holds an If-Match against the row.
func checkVersion(wanted *int64, is int64) error {
	if wanted != nil && *wanted != is {
		return fault.New(fault.PreconditionFailed, "It was changed by someone else in the meantime; read it again.")
	}
	return nil
}

// changedOne turns "somebody changed the row since we read it" into an error
// that makes the transaction run again.
func changedOne(n int64, err error) error {
	if err == nil && n == 0 {
		return busy(errLost)
	}
	return err
}
