package store

import (
	"context"
	"fmt"

	"heraut/people"
)

type scimGroupRow struct {
	ID         string `db:"id"`
	Name       string `db:"name"`
	ExternalID Text   `db:"external_id"`
	CreatedAt  Time   `db:"created_at"`
	UpdatedAt  Time   `db:"updated_at"`
	Version    int64  `db:"version"`
}

const scimGroupColumns = "g.id, g.name, s.external_id, g.created_at, g.updated_at, g.version"

func (r scimGroupRow) group() people.SCIMGroup {
	return people.SCIMGroup{
		ID: r.ID, Name: r.Name, ExternalID: string(r.ExternalID),
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, Version: r.Version,
	}
}

// SCIMGroup returns a group of the client's; not_found for any other.
func (s *Store) SCIMGroup(ctx context.Context, client people.SCIMClient, id string) (people.SCIMGroup, error) {
	return getSCIMGroup(ctx, s.reader(), client, id)
}

func getSCIMGroup(ctx context.Context, from getter, client people.SCIMClient, id string) (people.SCIMGroup, error) {
	var row scimGroupRow
	err := from.Get(ctx, &row, "SELECT "+scimGroupColumns+` FROM scim_groups s JOIN groups g ON g.id = s.group_id
		WHERE s.group_id = ? AND s.client_id = ?`, id, client.ID)
	if err != nil {
		return people.SCIMGroup{}, fmt.Errorf("reading group %s: %w", id, orNotFound(err, "Group not found."))
	}
	return row.group(), nil
}

// CreateSCIMGroup adds a group that the client brings, with members whom it has
// brought before, or takes over one that a removed client has left behind: see
// adoptableGroup. Of that one the client's users stay members where it names
// none, for providers such as Entra ID name them afterwards. It tells of which
// members it knows nothing; they are left out. Faults: invalid_request, conflict
// for an external id that the client has brought before.
func (s *Store) CreateSCIMGroup(ctx context.Context, client people.SCIMClient, g people.SCIMGroup, members []string) (made people.SCIMGroup, unknown []string, err error) {
	wanted := people.Group{Name: g.Name, Version: 1}.Clean()
	if err := (people.Group{Name: wanted.Name, ExternalID: g.ExternalID}).Check(); err != nil {
		return people.SCIMGroup{}, nil, err
	}
	err = s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		group, adopted, err := addSCIMGroup(ctx, tx, client, wanted, g.ExternalID)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO scim_groups (group_id, client_id, external_id) VALUES (?, ?, ?)", group.ID, client.ID, Text(g.ExternalID))
		if err != nil {
			return err
		}
		change := people.SCIMGroupChange{Add: members}
		if adopted && len(members) > 0 {
			change = people.SCIMGroupChange{Members: &members}
		}
		if unknown, err = changeSCIMMembers(ctx, tx, client, group, change); err != nil {
			return err
		}
		made, err = getSCIMGroup(ctx, tx, client, group.ID)
		return err
	})
	if err != nil {
		return people.SCIMGroup{}, nil, fmt.Errorf("creating a group by SCIM: %w", err)
	}
	return made, unknown, nil
}

// addSCIMGroup gives the group: made now, or there before.
func addSCIMGroup(ctx context.Context, tx *Tx, client people.SCIMClient, wanted people.Group, externalID string) (group people.Group, adopted bool, err error) {
	before, found, err := adoptableGroup(ctx, tx, wanted.Name, externalID)
	if err != nil {
		return group, false, err
	}
	if found {
		if _, err := tx.Exec(ctx, "DELETE FROM scim_groups WHERE group_id = ?", before.ID); err != nil { // of a client that was removed
			return group, false, err
		}
		tx.audit(client.Actor(), change{Action: "group.adopt", Kind: "group", ID: before.ID, Became: scimClientDoc{client.Name}})
		renamed := before
		renamed.Name = wanted.Name
		group, err = saveGroup(ctx, tx, client.Actor(), before, renamed)
		return group, true, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return group, false, err
	}
	wanted.ID, wanted.CreatedAt, wanted.UpdatedAt = newID(), now.Time, now.Time
	return wanted, false, insertGroup(ctx, tx, client.Actor(), wanted)
}

// UpdateSCIMGroup changes a group of the client's. It tells of which members it
// knows nothing; they are left out. Faults: not_found, precondition_failed when
// ifVersion is given and is not the group's, and those of CreateSCIMGroup.
func (s *Store) UpdateSCIMGroup(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64,
	c people.SCIMGroupChange,
) (after people.SCIMGroup, unknown []string, err error) {
	err = s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getSCIMGroup(ctx, tx, client, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		group, err := saveSCIMGroup(ctx, tx, client, before, c)
		if err != nil {
			return err
		}
		if unknown, err = changeSCIMMembers(ctx, tx, client, group, c); err != nil {
			return err
		}
		after, err = getSCIMGroup(ctx, tx, client, id)
		return err
	})
	if err != nil {
		return people.SCIMGroup{}, nil, fmt.Errorf("updating group %s by SCIM: %w", id, err)
	}
	return after, unknown, nil
}

// saveSCIMGroup writes name and external id.
func saveSCIMGroup(ctx context.Context, tx *Tx, client people.SCIMClient, before people.SCIMGroup, c people.SCIMGroupChange) (people.Group, error) {
	group, err := getGroup(ctx, tx, before.ID)
	if err != nil {
		return group, err
	}
	if c.ExternalID != nil && *c.ExternalID != before.ExternalID {
		if err := (people.Group{Name: group.Name, ExternalID: *c.ExternalID}).Check(); err != nil {
			return group, err
		}
		if _, err := tx.Exec(ctx, "UPDATE scim_groups SET external_id = ? WHERE group_id = ?", Text(*c.ExternalID), group.ID); err != nil {
			return group, err
		}
		if group.UpdatedAt, err = touch(ctx, tx, "groups", group.ID); err != nil {
			return group, err
		}
		group.Version++
	}
	wanted := group
	if c.Name != nil {
		wanted.Name = *c.Name
	}
	return saveGroup(ctx, tx, client.Actor(), group, wanted)
}

// DeleteSCIMGroup takes a group of the client's away, as DeleteGroup does.
// Faults: not_found, precondition_failed.
func (s *Store) DeleteSCIMGroup(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := getSCIMGroup(ctx, tx, client, id); err != nil {
			return err
		}
		return deleteOneGroup(ctx, tx, client.Actor(), id, ifVersion)
	})
	if err != nil {
		return fmt.Errorf("deleting group %s by SCIM: %w", id, err)
	}
	return nil
}
