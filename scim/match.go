package scim

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// matches tells whether a filter holds for a resource, or for an element of a
// list. Names of attributes count in any case, and so do texts but ids and
// external ids.
func matches(n node, of map[string]any) bool {
	switch n := n.(type) {
	case both:
		return matches(n.left, of) && matches(n.right, of)
	case either:
		return matches(n.left, of) || matches(n.right, of)
	case negation:
		return !matches(n.inner, of)
	case element:
		return len(chosen(n.path, of)) > 0
	case comparison:
		return n.holds(of)
	}
	return false
}

// chosen are the elements of a list that the path's filter lets through.
func chosen(p path, of map[string]any) []any {
	var all []any
	for _, v := range elements(attribute(of, p.attr)) {
		if one, ok := v.(map[string]any); ok && (p.filter == nil || matches(p.filter, one)) {
			all = append(all, one)
		}
	}
	return all
}

// holds compares every value that the path leads to: one that fits is enough.
// ne holds where none fits, as in a list without an attribute.
func (c comparison) holds(of map[string]any) bool {
	values := c.values(of)
	if c.op == "pr" {
		return len(values) > 0
	}
	if c.op == "ne" {
		return !(comparison{path: c.path, op: "eq", value: c.value}).holds(of)
	}
	if c.value == nil { // eq null: it is not there
		return c.op == "eq" && len(values) == 0
	}
	return slices.ContainsFunc(values, c.fits)
}

// fits compares one value.
func (c comparison) fits(v any) bool {
	has, isText := v.(string)
	wants, asText := c.value.(string)
	if !isText || !asText {
		return compare(c.op, v, c.value)
	}
	switch c.path.String() {
	case "id", "externalid":
		return compareTexts(c.op, has, wants)
	case "meta.created", "meta.lastmodified":
		return compareTimes(c.op, has, wants)
	}
	return compare(c.op, v, c.value)
}

// compareTimes compares moments, which have several spellings; what is none is
// a text.
func compareTimes(op, has, wants string) bool {
	h, err := time.Parse(time.RFC3339, has)
	w, wrong := time.Parse(time.RFC3339, wants)
	if err != nil || wrong != nil {
		return compareTexts(op, has, wants)
	}
	return compareTexts(op, h.UTC().Format(sortable), w.UTC().Format(sortable))
}

// sortable spells moments so that they have the order of their texts.
const sortable = "2006-01-02T15:04:05.000000000Z"

// values are those at the end of the path, without empty ones. A list without
// a sub-attribute stands for its "value"s.
func (c comparison) values(of map[string]any) []any {
	if c.path.foreign {
		return nil
	}
	var found []any
	for _, v := range elements(attribute(of, c.path.attr)) {
		if one, ok := v.(map[string]any); ok {
			if c.path.filter != nil && !matches(c.path.filter, one) {
				continue
			}
			v = attribute(one, cmp.Or(c.path.sub, "value"))
		}
		if v != nil && v != "" {
			found = append(found, v)
		}
	}
	return found
}

// attribute reads a value by its folded name.
func attribute(of map[string]any, name string) any {
	for key, v := range of {
		if strings.EqualFold(key, name) {
			return v
		}
	}
	return nil
}

func elements(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func compare(op string, has, wants any) bool {
	switch has := has.(type) {
	case string:
		if truth, ok := wants.(bool); ok { // written as a text
			return op == "eq" && strings.EqualFold(has, strconv.FormatBool(truth))
		}
		wants, ok := wants.(string)
		return ok && compareTexts(op, strings.ToLower(has), strings.ToLower(wants))
	case bool:
		if text, ok := wants.(string); ok { // active eq "True"
			wants = strings.EqualFold(text, "true")
		}
		return op == "eq" && has == wants
	}
	return false
}

func compareTexts(op, has, wants string) bool {
	switch op {
	case "eq":
		return has == wants
	case "co":
		return strings.Contains(has, wants)
	case "sw":
		return strings.HasPrefix(has, wants)
	case "ew":
		return strings.HasSuffix(has, wants)
	case "gt":
		return has > wants
	case "ge":
		return has >= wants
	case "lt":
		return has < wants
	case "le":
		return has <= wants
	}
	return false
}
