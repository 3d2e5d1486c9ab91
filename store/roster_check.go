package store

import (
	"errors"
	"fmt"
	"strings"

	"heraut/fault"
	"heraut/people"
)

// check refuses a roster that can not be applied as a whole, before anything
// is written.
func (r *rosterRun) check() error {
	c := rosterChecks{seen: map[string]bool{}}
	for i, p := range r.roster.People {
		at := fmt.Sprintf("/people/%d", i)
		c.key(at+"/external_id", "person", p.ExternalID)
		c.fields(at, p.User().Check())
	}
	for i, g := range r.roster.Groups {
		at := fmt.Sprintf("/groups/%d", i)
		c.key(at+"/external_id", "group", g.ExternalID)
		if !strings.HasPrefix(g.ExternalID, people.RosterClass) && !strings.HasPrefix(g.ExternalID, people.RosterLocation) {
			c.add(at+"/external_id", "Begin the id of a roster's group with class: or location:.")
		}
		c.fields(at, people.Group{Name: g.Name, ExternalID: g.ExternalID}.Check())
	}
	for i, d := range r.roster.Devices {
		at := fmt.Sprintf("/devices/%d", i)
		c.key(at+"/serial_number", "device", d.SerialNumber)
		if d.UDID != "" {
			c.key(at+"/udid", "udid", d.UDID)
		}
		c.fields(at, d.Device().Check())
	}
	if len(c.found) == 0 {
		return nil
	}
	return fault.Invalid(c.found...)
}

type rosterChecks struct {
	found []fault.Field
	seen  map[string]bool
}

func (c *rosterChecks) add(pointer, message string) {
	if len(c.found) < maxFields {
		c.found = append(c.found, fault.Field{Pointer: pointer, Message: message})
	}
}

// key wants a value that no other row of the kind has.
func (c *rosterChecks) key(pointer, kind, value string) {
	switch {
	case value == "":
		c.add(pointer, "Give a value: rows are told apart by it.")
	case c.seen[kind+" "+value]:
		c.add(pointer, fmt.Sprintf("%q stands twice in the roster.", value))
	}
	c.seen[kind+" "+value] = true
}

// fields takes over what the domain finds wrong with a row.
func (c *rosterChecks) fields(at string, err error) {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		for _, field := range f.Fields {
			c.add(at+field.Pointer, field.Message)
		}
	}
}
