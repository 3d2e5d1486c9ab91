package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// saveUserByHand is saveUser for what an administrator or a script changes,
// which may disable and enable a user whom nobody else keeps.
func saveUserByHand(ctx context.Context, tx *Tx, actor people.Actor, before, after people.User) (people.User, error) {
	if err := refuseBroughtFields(ctx, tx, before, after); err != nil {
		return before, err
	}
	turned := after.Disabled != before.Disabled
	if turned {
		if err := refuseTurning(ctx, tx, before); err != nil {
			return before, err
		}
	}
	disable := after.Disabled
	saved, err := saveUser(ctx, tx, actor, before, after)
	if err != nil || !turned {
		return saved, err
	}
	turn := enableUsers
	if disable {
		turn = disableUsers
	}
	if _, err := turn(ctx, tx, actor, []string{before.ID}); err != nil {
		return before, err
	}
	return getUser(ctx, tx, before.ID)
}

// refuseTurning refuses to disable or enable a user who is kept elsewhere: that
// is decided there.
func refuseTurning(ctx context.Context, from getter, u people.User) error {
	if err := refuseOwnedBy(ctx, from, u.DirectoryID, "/disabled"); err != nil {
		return err
	}
	return refuseBrought(ctx, from, "scim_users", u.ID, "/disabled")
}

// refuseBroughtFields is refuseOwned for what a SCIM client brings: its next
// change would undo this one.
func refuseBroughtFields(ctx context.Context, from getter, before, after people.User) error {
	after = after.Clean()
	changed := map[string]bool{
		"full_name": before.FullName != after.FullName,
		"email":     before.Email != after.Email,
		"language":  before.Language != after.Language,
	}
	var pointers []string
	for _, field := range people.SCIMOwnsOfUser() {
		if changed[field] {
			pointers = append(pointers, "/"+field)
		}
	}
	if len(pointers) == 0 {
		return nil
	}
	return refuseBrought(ctx, from, "scim_users", before.ID, pointers...)
}

// refuseBroughtName is refuseOwnedGroup for what a SCIM client brings.
func refuseBroughtName(ctx context.Context, from getter, before, after people.Group) error {
	if before.Name == after.Clean().Name {
		return nil
	}
	return refuseBrought(ctx, from, "scim_groups", before.ID, "/name")
}

// refuseBrought refuses a change by hand of what a SCIM client brings; rows of
// one that was removed refuse nothing.
func refuseBrought(ctx context.Context, from getter, table, id string, pointers ...string) error {
	column := map[string]string{"scim_users": "user_id", "scim_groups": "group_id"}[table]
	var names []string
	err := from.Select(ctx, &names, "SELECT c.name FROM "+table+" s JOIN scim_clients c ON c.id = s.client_id WHERE c.revoked_at IS NULL AND s."+column+" = ?", id)
	if err != nil {
		return fmt.Errorf("looking up who brings %s: %w", id, err)
	}
	if len(names) == 0 {
		return nil
	}
	sentence := fmt.Sprintf("This comes by SCIM from %q: change it there.", names[0])
	f := fault.New(fault.Conflict, sentence)
	for _, pointer := range pointers {
		f.Fields = append(f.Fields, fault.Field{Pointer: pointer, Message: sentence})
	}
	return f
}
