package scim

import (
	"slices"
	"strings"

	"heraut/people"
)

// groupPatch sums up the operations on a group, so that they are one change.
// Of members only what the client names is looked at: the group may be large.
type groupPatch struct {
	change people.SCIMGroupChange
	added  map[string]bool // id: added, or removed
	order  []string
}

// patchOf reads operations on a group. What is not kept is left out.
func patchOf(operations []operation) (people.SCIMGroupChange, error) {
	p := groupPatch{added: map[string]bool{}}
	for _, o := range operations {
		if err := p.apply(o); err != nil {
			return p.change, err
		}
	}
	for _, id := range p.order {
		if p.added[id] {
			p.change.Add = append(p.change.Add, id)
		} else {
			p.change.Remove = append(p.change.Remove, id)
		}
	}
	return p.change, nil
}

func (p *groupPatch) apply(o operation) error {
	switch o.path.attr {
	case "displayname":
		return o.text(&p.change.Name)
	case "externalid":
		return o.text(&p.change.ExternalID)
	case "members":
		return p.members(o)
	}
	return nil
}

// text reads the new value of a text; one that is taken away is empty.
func (o operation) text(into **string) error {
	text, ok := o.value.(string)
	if !ok && o.value != nil && o.op != "remove" {
		return bad(invalidValue, o.path.attr+" must be a text.")
	}
	if o.op == "remove" {
		text = ""
	}
	text = strings.TrimSpace(text)
	*into = &text
	return nil
}

// members takes lists of members, and `members[value eq "id"]`.
func (p *groupPatch) members(o operation) error {
	ids, err := memberIDs(o.value)
	if err != nil {
		return err
	}
	if o.path.filter != nil {
		if o.op != "remove" {
			return bad(invalidPath, "Add members by a list of them.")
		}
		if ids, err = filteredIDs(o.path.filter); err != nil {
			return err
		}
	}
	everybody := o.op == "remove" && o.path.filter == nil && o.value == nil
	if o.op == "replace" || everybody {
		p.change.Members, p.order = &[]string{}, nil
		clear(p.added)
	}
	for _, id := range ids {
		p.note(id, o.op != "remove")
	}
	return nil
}

func (p *groupPatch) note(id string, add bool) {
	if _, known := p.added[id]; !known {
		p.order = append(p.order, id)
	}
	p.added[id] = add
}

// filteredIDs are the ids that a filter names by `value eq "id"`, several with
// "or" between them.
func filteredIDs(n node) ([]string, error) {
	switch n := n.(type) {
	case either:
		left, err := filteredIDs(n.left)
		if err != nil {
			return nil, err
		}
		right, err := filteredIDs(n.right)
		return slices.Concat(left, right), err
	case comparison:
		id, isText := n.value.(string)
		if n.path.attr == "value" && n.op == "eq" && isText {
			return []string{id}, nil
		}
	}
	return nil, bad(invalidFilter, `Name members by value eq "id".`)
}
