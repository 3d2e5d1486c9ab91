package store

import (
	"context"
	"fmt"
	"reflect"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"heraut/people"
)

type scimUserRow struct {
	ID         string                   `db:"id"`
	UserName   string                   `db:"user_name"`
	ExternalID Text                     `db:"external_id"`
	Profile    JSON[people.SCIMProfile] `db:"profile"`
	DisabledAt Time                     `db:"disabled_at"`
	CreatedAt  Time                     `db:"created_at"`
	UpdatedAt  Time                     `db:"updated_at"`
	Version    int64                    `db:"version"`
}

const scimUserColumns = "u.id, s.user_name, s.external_id, s.profile, u.disabled_at, u.created_at, u.updated_at, u.version"

func (r scimUserRow) user() people.SCIMUser {
	return people.SCIMUser{
		ID: r.ID, UserName: r.UserName, ExternalID: string(r.ExternalID), Active: r.DisabledAt.IsZero(), Profile: r.Profile.V,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// foldCase is a user name as it is told from others: in any case, with its
// accents.
func foldCase(name string) string { return cases.Fold().String(norm.NFC.String(name)) }

// SCIMUser returns a user of the client's; not_found for anybody else.
func (s *Store) SCIMUser(ctx context.Context, client people.SCIMClient, id string) (people.SCIMUser, error) {
	return getSCIMUser(ctx, s.reader(), client, id)
}

func getSCIMUser(ctx context.Context, from getter, client people.SCIMClient, id string) (people.SCIMUser, error) {
	var row scimUserRow
	err := from.Get(ctx, &row, "SELECT "+scimUserColumns+` FROM scim_users s JOIN users u ON u.id = s.user_id
		WHERE s.user_id = ? AND s.client_id = ?`, id, client.ID)
	if err != nil {
		return people.SCIMUser{}, fmt.Errorf("reading user %s: %w", id, orNotFound(err, "User not found."))
	}
	return row.user(), nil
}

// CreateSCIMUser adds a user whom the client brings, or takes over the one who
// is there already: see adoptable. Faults: invalid_request, conflict for a user
// name or an external id that the client has brought before.
func (s *Store) CreateSCIMUser(ctx context.Context, client people.SCIMClient, u people.SCIMUser) (people.SCIMUser, error) {
	if err := u.Check(); err != nil {
		return people.SCIMUser{}, err
	}
	var made people.SCIMUser
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		id, err := addSCIMUser(ctx, tx, client, u)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO scim_users (user_id, client_id, user_name, name_key, external_id, profile) VALUES (?, ?, ?, ?, ?, ?)",
			id, client.ID, u.UserName, foldCase(u.UserName), Text(u.ExternalID), JSON[people.SCIMProfile]{u.Profile})
		if err != nil {
			return err
		}
		if err := saveSCIMAddresses(ctx, tx, id, u.Profile); err != nil {
			return err
		}
		if err := switchSCIMUser(ctx, tx, client, id, u.Active); err != nil {
			return err
		}
		made, err = getSCIMUser(ctx, tx, client, id)
		return err
	})
	if err != nil {
		return people.SCIMUser{}, fmt.Errorf("creating a user by SCIM: %w", err)
	}
	return made, nil
}

// addSCIMUser gives the id of the person: made now, or there before.
func addSCIMUser(ctx context.Context, tx *Tx, client people.SCIMClient, u people.SCIMUser) (id string, err error) {
	before, found, err := adoptable(ctx, tx, u)
	if err != nil {
		return "", err
	}
	if found {
		if _, err := tx.Exec(ctx, "DELETE FROM scim_users WHERE user_id = ?", before.ID); err != nil { // of a client that was removed
			return "", err
		}
		tx.audit(client.Actor(), change{Action: "user.adopt", Kind: "user", ID: before.ID, Became: scimClientDoc{client.Name}})
		_, err := saveUser(ctx, tx, client.Actor(), before, u.Apply(before))
		return before.ID, err
	}
	user := u.Apply(people.User{ID: newID(), State: people.NotInvited}).Clean()
	if err := user.Check(); err != nil {
		return "", err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return "", err
	}
	user.CreatedAt, user.UpdatedAt = now.Time, now.Time
	tx.audit(client.Actor(), change{Action: "user.create", Kind: "user", ID: user.ID, Became: docOfUser(user)})
	return user.ID, insertUser(ctx, tx, user)
}

// switchSCIMUser makes a user disabled or not.
func switchSCIMUser(ctx context.Context, tx *Tx, client people.SCIMClient, id string, active bool) error {
	turn := disableUsers
	if active {
		turn = enableUsers
	}
	_, err := turn(ctx, tx, client.Actor(), []string{id})
	return err
}

// UpdateSCIMUser changes a user of the client's by edit, which may run more
// than once. Faults: not_found, precondition_failed when ifVersion is given and
// is not the user's, and those of CreateSCIMUser.
func (s *Store) UpdateSCIMUser(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64,
	edit func(people.SCIMUser) (people.SCIMUser, error),
) (before, after people.SCIMUser, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err = getSCIMUser(ctx, tx, client, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		wanted, err := edit(before)
		if err != nil {
			return err
		}
		if err := wanted.Check(); err != nil {
			return err
		}
		if err := saveSCIMUser(ctx, tx, client, before, wanted); err != nil {
			return err
		}
		after, err = getSCIMUser(ctx, tx, client, id)
		return err
	})
	if err != nil {
		return before, after, fmt.Errorf("updating user %s by SCIM: %w", id, err)
	}
	return before, after, nil
}

func saveSCIMUser(ctx context.Context, tx *Tx, client people.SCIMClient, before, after people.SCIMUser) error {
	user, err := getUser(ctx, tx, before.ID)
	if err != nil {
		return err
	}
	saved, err := saveUser(ctx, tx, client.Actor(), user, after.Apply(user))
	if err != nil {
		return err
	}
	if before.UserName != after.UserName || before.ExternalID != after.ExternalID || !reflect.DeepEqual(before.Profile, after.Profile) {
		if err := saveSCIMRow(ctx, tx, after, saved); err != nil {
			return err
		}
	}
	return switchSCIMUser(ctx, tx, client, before.ID, after.Active)
}

// saveSCIMRow gives the user a new version, so that of two changes at once the
// later sees the earlier.
func saveSCIMRow(ctx context.Context, tx *Tx, u people.SCIMUser, user people.User) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE users SET updated_at = ?, version = version + 1 WHERE id = ? AND version = ?", now, user.ID, user.Version)
	if err := changedOne(n, err); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE scim_users SET user_name = ?, name_key = ?, external_id = ?, profile = ? WHERE user_id = ?",
		u.UserName, foldCase(u.UserName), Text(u.ExternalID), JSON[people.SCIMProfile]{u.Profile}, user.ID)
	if err != nil {
		return err
	}
	return saveSCIMAddresses(ctx, tx, user.ID, u.Profile)
}

// DeleteSCIMUser takes a user of the client's away, as DeleteUser does. Faults:
// not_found, precondition_failed.
func (s *Store) DeleteSCIMUser(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := getSCIMUser(ctx, tx, client, id); err != nil {
			return err
		}
		return deleteOneUser(ctx, tx, client.Actor(), id, ifVersion)
	})
	if err != nil {
		return fmt.Errorf("deleting user %s by SCIM: %w", id, err)
	}
	return nil
}
