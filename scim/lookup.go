package scim

import (
	"slices"
	"strings"

	"heraut/people"
)

// The fields by which the store finds.
var (
	userFields  = []people.SCIMField{people.SCIMID, people.SCIMExternalID, people.SCIMUserName, people.SCIMAddress}
	groupFields = []people.SCIMField{people.SCIMID, people.SCIMExternalID, people.SCIMGroupName, people.SCIMMemberID}
)

// mostWays bounds how often the store is asked for one filter.
const mostWays = 20

// way is what the store is asked: all of the conditions hold.
type way []people.SCIMCondition

// lookup is what the store is asked for a filter: what matches is found by one
// of the ways. Without a way there everything is read. The filter is held
// against what was found.
type lookup struct {
	filter node
	fields []people.SCIMField
	ways   []way
}

// parseLookup reads a filter and looks which of its parts lead to an index: an
// eq on one of the fields, alone, in an "and" with anything, or in an "or" with
// others of its kind.
func parseLookup(text string, fields []people.SCIMField, known attributes) (lookup, error) {
	filter, err := parseFilter(text)
	if err != nil {
		return lookup{}, err
	}
	l := lookup{filter: filter, fields: fields}
	l.ways = l.waysTo(filter, "")
	if mentions(filter, "members") != len(l.members()) {
		return lookup{}, bad(invalidFilter, "This filter is not supported: ask for members by eq, alone or in an and.")
	}
	if len(l.ways) == 0 && !known.name(filter) {
		return lookup{}, bad(invalidFilter, "This filter is not supported: it names an attribute that is not kept. "+l.quick())
	}
	return l, nil
}

// quick says which filters the store answers at once.
func (l lookup) quick() string {
	names := make([]string, len(l.fields))
	for i, f := range l.fields {
		names[i] = string(f)
	}
	return "Ask by eq for " + strings.Join(names, ", ") + ", alone or in an and."
}

// waysTo are the ways to everything that a part of the filter matches; none: by
// no index. Inside brackets, of is the list's name.
func (l lookup) waysTo(n node, of string) []way {
	switch n := n.(type) {
	case both:
		return joined(l.waysTo(n.left, of), l.waysTo(n.right, of))
	case either:
		left, right := l.waysTo(n.left, of), l.waysTo(n.right, of)
		if len(left) == 0 || len(right) == 0 || len(left)+len(right) > mostWays {
			return nil
		}
		return slices.Concat(left, right)
	case element: // emails[value eq "x"]
		return l.waysTo(n.path.filter, n.path.attr)
	case comparison:
		if of == "" {
			return joined(l.wayOf(n.path, n), l.waysTo(n.path.filter, n.path.attr))
		}
		if n.path.filter == nil && n.path.sub == "" {
			return l.wayOf(path{attr: of, sub: n.path.attr, foreign: n.path.foreign}, n)
		}
	}
	return nil
}

// joined are the ways to what two parts both match; those to one of them are
// enough.
func joined(left, right []way) []way {
	switch {
	case len(left) == 0:
		return right
	case len(right) == 0, len(left)*len(right) > mostWays:
		return left
	}
	var all []way
	for _, l := range left {
		for _, r := range right {
			all = append(all, slices.Concat(l, r))
		}
	}
	return all
}

func (l lookup) wayOf(p path, c comparison) []way {
	text, isText := c.value.(string)
	if p.foreign || c.op != "eq" || !isText {
		return nil
	}
	name := p.String()
	if name == "emails" || name == "members" { // a list stands for its values
		name += ".value"
	}
	at := slices.IndexFunc(l.fields, func(f people.SCIMField) bool { return strings.EqualFold(string(f), name) })
	if at < 0 {
		return nil
	}
	return []way{{{Field: l.fields[at], Value: text}}}
}

// members are the ids that the filter asks for as members. The store has found
// groups that have them all, so the filter needs to see no others; with several
// ways nobody knows which of them each group has.
func (l lookup) members() []any {
	var ids []any
	if len(l.ways) != 1 {
		return nil
	}
	for _, c := range l.ways[0] {
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
