package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// userDirectory and groupDirectory are subqueries of the directory that a user
// or group comes from, empty for one of Heraut's own; fromDirectory tells
// whether a user comes from one.
const (
	userDirectory  = "COALESCE((SELECT l.directory_id FROM directory_users l WHERE l.user_id = users.id), '') AS directory_id"
	fromDirectory  = "EXISTS (SELECT 1 FROM directory_users l WHERE l.user_id = users.id)"
	groupDirectory = "COALESCE((SELECT l.directory_id FROM directory_groups l WHERE l.group_id = groups.id), '') AS directory_id"
)

// refuseOwned refuses a change of what a directory owns: the next run would
// undo it.
func refuseOwned(ctx context.Context, from getter, before, after people.User) error {
	if before.DirectoryID == "" {
		return nil
	}
	d, err := getDirectory(ctx, from, before.DirectoryID)
	if err != nil {
		return err
	}
	changed := map[string]bool{
		"full_name":             before.FullName != after.FullName,
		"email":                 before.Email != after.Email,
		"language":              before.Language != after.Language,
		"managed_apple_account": before.ManagedAppleAccount != after.ManagedAppleAccount,
	}
	var pointers []string
	for _, field := range d.Doc.V.Attributes.OwnsOfUser() {
		if changed[field] {
			pointers = append(pointers, "/"+field)
		}
	}
	return ownedFault(d.Name, pointers...)
}

// refuseOwnedGroup is refuseOwned for what a group is called.
func refuseOwnedGroup(ctx context.Context, from getter, before, after people.Group) error {
	if before.DirectoryID == "" || before.Name == after.Name {
		return nil
	}
	return refuseOwnedBy(ctx, from, before.DirectoryID, "/name")
}

// refuseOwnedBy refuses a change of what comes from a directory; an empty id
// refuses nothing.
func refuseOwnedBy(ctx context.Context, from getter, directoryID string, pointers ...string) error {
	if directoryID == "" {
		return nil
	}
	d, err := getDirectory(ctx, from, directoryID)
	if err != nil {
		return err
	}
	if len(pointers) == 0 {
		pointers = []string{""}
	}
	return ownedFault(d.Name, pointers...)
}

func ownedFault(directory string, pointers ...string) error {
	if len(pointers) == 0 {
		return nil
	}
	sentence := fmt.Sprintf("This comes from the directory %q: change it there.", directory)
	f := fault.New(fault.Conflict, sentence)
	for _, pointer := range pointers {
		if pointer != "" {
			f.Fields = append(f.Fields, fault.Field{Pointer: pointer, Message: sentence})
		}
	}
	return f
}
