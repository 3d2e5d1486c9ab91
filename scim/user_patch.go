package scim

import (
	"maps"
	"slices"
	"strings"
)

// kept are the attributes of users that are kept, by their folded names: how
// they are written, and their sub-attributes.
var kept = map[string]struct {
	name string
	list bool
	subs map[string]string
}{
	"username":          {name: "userName"},
	"externalid":        {name: "externalId"},
	"displayname":       {name: "displayName"},
	"active":            {name: "active"},
	"preferredlanguage": {name: "preferredLanguage"},
	"name":              {name: "name", subs: map[string]string{"formatted": "formatted", "givenname": "givenName", "familyname": "familyName"}},
	"emails":            {name: "emails", list: true, subs: map[string]string{"value": "value", "type": "type", "primary": "primary"}},
}

// apply does an operation to a user as JSON has it. What is not kept is left
// alone, without an error: providers send all that they have mapped.
func (o operation) apply(user map[string]any) error {
	attr, known := kept[o.path.attr]
	sub, knownSub := attr.subs[o.path.sub]
	switch {
	case !known, o.path.sub != "" && !knownSub:
		return nil
	case attr.list:
		list := elementsOf(user[attr.name])
		was := primaries(list)
		list, err := o.applyToList(list, sub, attr.subs)
		user[attr.name] = asList(onePrimary(list, was))
		return err
	case o.path.filter != nil:
		return bad(invalidPath, attr.name+" is no list.")
	case attr.subs == nil:
		set(user, attr.name, o)
		return nil
	}
	return o.applyToParts(user, attr.name, sub, attr.subs)
}

// set writes a value, or takes it away.
func set(of map[string]any, name string, o operation) {
	if o.op == "remove" || o.value == nil {
		delete(of, name)
		return
	}
	of[name] = o.value
}

// applyToParts changes an attribute that has parts, such as a name. Parts that
// the value does not name stay.
func (o operation) applyToParts(user map[string]any, name, sub string, subs map[string]string) error {
	parts, _ := user[name].(map[string]any)
	parts = maps.Clone(parts)
	if parts == nil {
		parts = map[string]any{}
	}
	user[name] = parts
	if sub != "" {
		set(parts, sub, o)
		return nil
	}
	if o.op == "remove" || o.value == nil {
		delete(user, name)
		return nil
	}
	given, ok := o.value.(map[string]any)
	if !ok {
		return bad(invalidValue, name+" must be an object.")
	}
	merge(parts, given, subs)
	return nil
}

// merge writes the sub-attributes that are kept.
func merge(into, given map[string]any, subs map[string]string) {
	for key, v := range given {
		if sub, known := subs[strings.ToLower(key)]; known {
			set(into, sub, operation{value: v})
		}
	}
}

func elementsOf(v any) []map[string]any {
	var all []map[string]any
	for _, one := range elements(v) {
		if object, ok := one.(map[string]any); ok {
			all = append(all, maps.Clone(object))
		}
	}
	return all
}

func asList(elements []map[string]any) []any {
	list := make([]any, len(elements))
	for i, one := range elements {
		list[i] = one
	}
	return list
}

// applyToList changes a list of objects. Where a filter matches none of them
// and there is something to write, an element is made that it matches: so Entra
// ID gives the first address of a type.
func (o operation) applyToList(list []map[string]any, sub string, subs map[string]string) ([]map[string]any, error) {
	if o.path.filter == nil && sub == "" {
		return o.applyToAll(list, subs)
	}
	meant := func(one map[string]any) bool { return o.path.filter == nil || matches(o.path.filter, one) }
	if o.op == "remove" && (sub == "" || sub == "value") {
		return slices.DeleteFunc(list, meant), nil
	}
	given, isObject := o.value.(map[string]any)
	if sub == "" && !isObject {
		return list, bad(invalidValue, "The value of an element must be an object.")
	}
	if o.op != "remove" && !slices.ContainsFunc(list, meant) {
		list = append(list, sample(o.path.filter, subs))
		meant = func(one map[string]any) bool { return same(one, list[len(list)-1]) }
	}
	for _, one := range list {
		switch {
		case !meant(one):
		case sub == "":
			merge(one, given, subs)
		default:
			set(one, sub, o)
		}
	}
	return list, nil
}

// applyToAll changes the list as a whole. What is added and is there by its
// value replaces that element.
func (o operation) applyToAll(list []map[string]any, subs map[string]string) ([]map[string]any, error) {
	if o.op == "remove" && o.value == nil {
		return nil, nil
	}
	if o.op == "replace" {
		list = nil
	}
	for _, v := range elements(o.value) {
		if v == nil {
			continue
		}
		given, ok := v.(map[string]any)
		if !ok {
			return list, bad(invalidValue, "The elements must be objects.")
		}
		one := map[string]any{}
		merge(one, given, subs)
		list = slices.DeleteFunc(list, func(old map[string]any) bool { return compare("eq", old["value"], one["value"]) })
		if o.op != "remove" {
			list = append(list, one)
		}
	}
	return list, nil
}

// sample makes an element of what a filter asks for by eq.
func sample(filter node, subs map[string]string) map[string]any {
	one := map[string]any{}
	var fill func(node)
	fill = func(n node) {
		switch n := n.(type) {
		case both:
			fill(n.left)
			fill(n.right)
		case comparison:
			if sub, known := subs[n.path.attr]; known && n.op == "eq" {
				one[sub] = n.value
			}
		}
	}
	fill(filter)
	return one
}
