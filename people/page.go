package people

import (
	"slices"

	"heraut/fault"
)

// Cursor is a place in a list: the sort key and the id of the last item. The
// zero Cursor is the beginning.
type Cursor struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	// Next is where the following page begins; nil after the last.
	Next *Cursor
}

// Sort is an order of a list; the zero Sort is by name.
type Sort string

// The orders of users, groups and devices. Not every list knows every order: one
// that does not is a fault.
const (
	ByName     Sort = ""
	ByNameDown Sort = "-name"
	// ByChange has what was changed last first.
	ByChange Sort = "-changed"
	// ByOwner is by the full name of a device's owner; devices without one come last.
	ByOwner Sort = "owner"
)

// Check tells whether a list knows the order.
func (s Sort) Check(known ...Sort) error {
	if s == ByName || slices.Contains(known, s) {
		return nil
	}
	return fault.Invalid(fault.Field{Pointer: "sort", Message: "This list has no such order."})
}

// UserFilter narrows a list of users; empty fields do not.
type UserFilter struct {
	// Query is part of a name, address or external id, in any case and with
	// or without accents.
	Query   string
	GroupID string // members through nesting
	State   UserState
	// Sort is by name in either direction, or by change; counts do not mind it.
	Sort Sort
}

// GroupFilter narrows a list of groups; empty fields do not.
type GroupFilter struct {
	// Query is part of the first 200 bytes of a name, in any case and with or
	// without accents.
	Query string
	Sort  Sort // by name in either direction
}

// Assigned tells whether a device belongs to somebody.
type Assigned string

// The values of Assigned; empty: either.
const (
	AssignedYes Assigned = "yes"
	AssignedNo  Assigned = "no"
)

// DeviceFilter narrows a list of devices; empty fields do not.
type DeviceFilter struct {
	// Query is part of a name (of its first 200 bytes), serial number or UDID, or
	// of what its owner is found by.
	Query    string
	Platform Platform
	Assigned Assigned
	UserID   string
	Sort     Sort // by name in either direction, or by owner
}
