package scim

import (
	"slices"
	"strings"

	"heraut/people"
)

// mostFound is how many resources a filter may lead to before it is refused.
const mostFound = 200

// The fields by which the store finds.
var (
	userFields  = []people.SCIMField{people.SCIMID, people.SCIMExternalID, people.SCIMUserName, people.SCIMAddress}
	groupFields = []people.SCIMField{people.SCIMID, people.SCIMExternalID, people.SCIMGroupName, people.SCIMMemberID}
)

// lookup is what the store is asked for a filter. The rest of the filter is
// held against what it finds.
type lookup struct {
	filter     node
	conditions []people.SCIMCondition
}

// parseLookup reads a filter that the store can answer quickly: one with an eq
// on one of the fields, alone or in an "and" with anything else.
func parseLookup(text string, fields []people.SCIMField) (lookup, error) {
	filter, err := parseFilter(text)
	if err != nil {
		return lookup{}, err
	}
	l := lookup{filter: filter}
	l.gather(filter, fields)
	if mentions(filter, "members") != len(l.members()) {
		return lookup{}, bad(invalidFilter, "This filter is not supported: ask for members by eq, alone or in an and.")
	}
	if len(l.conditions) == 0 {
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = string(f)
		}
		return lookup{}, bad(invalidFilter, "This filter is not supported: ask by eq for "+strings.Join(names, ", ")+", alone or in an and.")
	}
	return l, nil
}

// gather takes the conditions that every match must fulfil.
func (l *lookup) gather(n node, fields []people.SCIMField) {
	switch n := n.(type) {
	case both:
		l.gather(n.left, fields)
		l.gather(n.right, fields)
	case comparison:
		l.add(n.path, n, fields)
	case element: // emails[value eq "x"]
		if inner, ok := n.path.filter.(comparison); ok && inner.path.filter == nil && inner.path.sub == "" {
			l.add(path{attr: n.path.attr, sub: inner.path.attr}, inner, fields)
		}
	}
}

func (l *lookup) add(p path, c comparison, fields []people.SCIMField) {
	text, isText := c.value.(string)
	if p.foreign || c.op != "eq" || !isText {
		return
	}
	name := p.String()
	if name == "emails" || name == "members" { // a list stands for its values
		name += ".value"
	}
	at := slices.IndexFunc(fields, func(f people.SCIMField) bool { return strings.EqualFold(string(f), name) })
	if at >= 0 {
		l.conditions = append(l.conditions, people.SCIMCondition{Field: fields[at], Value: text})
	}
}

// members are the ids that the filter asks for as members. The store has found
// groups that have them all, so the filter needs to see no others.
func (l *lookup) members() []any {
	var ids []any
	for _, c := range l.conditions {
		if c.Field == people.SCIMMemberID {
			ids = append(ids, map[string]any{"value": c.Value})
		}
	}
	return ids
}

// mentions counts where a filter names an attribute.
func mentions(n node, attr string) int {
	switch n := n.(type) {
	case both:
		return mentions(n.left, attr) + mentions(n.right, attr)
	case either:
		return mentions(n.left, attr) + mentions(n.right, attr)
	case negation:
		return mentions(n.inner, attr)
	case element:
		return count(n.path.attr == attr)
	case comparison:
		return count(n.path.attr == attr)
	}
	return 0
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// keep leaves the resources that the whole filter matches.
func keep[T any](l lookup, found []T, show func(T) map[string]any) ([]T, error) {
	if len(found) > mostFound {
		return nil, bad(tooManyFound, "The filter matches too many resources.")
	}
	return slices.DeleteFunc(found, func(one T) bool { return !matches(l.filter, show(one)) }), nil
}
