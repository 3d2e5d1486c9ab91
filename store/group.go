package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// CreateGroup stores a new group without members. Faults: invalid_request,
// conflict for an external id that is taken.
func (s *Store) CreateGroup(ctx context.Context, actor people.Actor, g people.Group) (people.Group, error) {
	g = g.Clean()
	if err := g.Check(); err != nil {
		return people.Group{}, err
	}
	g.ID, g.Version = newID(), 1
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		g.CreatedAt, g.UpdatedAt = now.Time, now.Time
		if err := checkPlace(ctx, tx, g.ContentLocation); err != nil {
			return err
		}
		return insertGroup(ctx, tx, actor, g)
	})
	if err != nil {
		return people.Group{}, fmt.Errorf("creating a group: %w", err)
	}
	return g, nil
}

func insertGroup(ctx context.Context, tx *Tx, actor people.Actor, g people.Group) error {
	_, err := tx.Exec(ctx, `INSERT INTO groups (id, name, external_id, managed_distribution, content_location, sort_name, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		g.ID, g.Name, Text(g.ExternalID), g.ManagedDistribution, g.ContentLocation, sortName(g.Name), At(g.CreatedAt), At(g.UpdatedAt))
	if err != nil {
		return err
	}
	tx.audit(actor, change{Action: "group.create", Kind: "group", ID: g.ID, Became: docOfGroup(g)})
	return nil
}

// Group returns a group; not_found when there is none.
func (s *Store) Group(ctx context.Context, id string) (people.Group, error) {
	return getGroup(ctx, s.reader(), id)
}

func getGroup(ctx context.Context, from getter, id string) (people.Group, error) {
	var row groupRow
	err := from.Get(ctx, &row, "SELECT "+groupColumns+" FROM groups WHERE id = ? AND deleted_at IS NULL", id)
	if err != nil {
		return people.Group{}, fmt.Errorf("reading group %s: %w", id, orNotFound(err, "Group not found."))
	}
	return row.group(), nil
}

// UpdateGroup changes a group by edit, which may run more than once. Faults:
// not_found, precondition_failed when ifVersion is given and is not the
// group's, conflict for what a directory or a SCIM client owns, and those of
// CreateGroup.
func (s *Store) UpdateGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64,
	edit func(people.Group) (people.Group, error),
) (people.Group, error) {
	var updated people.Group
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getGroup(ctx, tx, id)
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
		if err := refuseBroughtName(ctx, tx, before, updated); err != nil {
			return err
		}
		updated, err = saveGroup(ctx, tx, actor, before, updated)
		return err
	})
	if err != nil {
		return people.Group{}, fmt.Errorf("updating group %s: %w", id, err)
	}
	return updated, nil
}

func saveGroup(ctx context.Context, tx *Tx, actor people.Actor, before, after people.Group) (people.Group, error) {
	after = after.Clean()
	after.ID, after.CreatedAt, after.UpdatedAt, after.Version = before.ID, before.CreatedAt, before.UpdatedAt, before.Version
	after.DirectoryID = before.DirectoryID
	if after == before {
		tx.Made("group", before.ID)
		return before, nil
	}
	if err := after.Check(); err != nil {
		return before, err
	}
	if err := refuseOwnedGroup(ctx, tx, before, after); err != nil {
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
	n, err := tx.Exec(ctx, `UPDATE groups SET name = ?, external_id = ?, managed_distribution = ?, content_location = ?, sort_name = ?, updated_at = ?,
		version = version + 1 WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		after.Name, Text(after.ExternalID), after.ManagedDistribution, after.ContentLocation, sortName(after.Name), now, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	tx.audit(actor, change{Action: "group.update", Kind: "group", ID: before.ID, Was: docOfGroup(before), Became: docOfGroup(after)})
	return after, groupSaved(ctx, tx, actor, before, after)
}

// groupSaved is what a change of a group does to those below it.
func groupSaved(ctx context.Context, tx *Tx, actor people.Actor, before, after people.Group) error {
	if after.ContentLocation != before.ContentLocation {
		if _, err := tx.store.moveAccounts(ctx, tx, scopeOfGroup(before.ID)); err != nil {
			return err
		}
	}
	if !before.ManagedDistribution || after.ManagedDistribution {
		return nil
	}
	open, err := openBelow(ctx, tx, before.ID)
	if err != nil {
		return err
	}
	return servicesMayBeOff(ctx, tx, actor, open)
}

// DeleteGroup takes a group away; its members stay. The row keeps its name for
// the sends that were made to it. Faults: not_found, conflict for one that comes
// from a directory or from a SCIM client.
func (s *Store) DeleteGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := refuseOwnedBy(ctx, tx, before.DirectoryID); err != nil {
			return err
		}
		if err := refuseBrought(ctx, tx, "scim_groups", id); err != nil {
			return err
		}
		return deleteOneGroup(ctx, tx, actor, id, ifVersion)
	})
	if err != nil {
		return fmt.Errorf("deleting group %s: %w", id, err)
	}
	return nil
}

func deleteOneGroup(ctx context.Context, tx *Tx, actor people.Actor, id string, ifVersion *int64) error {
	before, err := getGroup(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := checkVersion(ifVersion, before.Version); err != nil {
		return err
	}
	if err := deleteGroup(ctx, tx, actor, id); err != nil {
		return err
	}
	tx.audit(actor, change{Action: "group.delete", Kind: "group", ID: id, Was: docOfGroup(before)})
	return nil
}

func deleteGroup(ctx context.Context, tx *Tx, actor people.Actor, id string) error {
	open, err := openBelow(ctx, tx, id)
	if err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	for _, table := range []string{"group_users", "scim_groups"} {
		if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE group_id = ?", id); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, "DELETE FROM group_groups WHERE parent_id = ? OR child_id = ?", id, id); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM directory_groups WHERE group_id = ?", id); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE groups SET deleted_at = ?, updated_at = ?, version = version + 1, external_id = NULL,
		managed_distribution = FALSE, content_location = '' WHERE id = ?`, now, now, id)
	if err != nil {
		return err
	}
	return servicesMayBeOff(ctx, tx, actor, open)
}
