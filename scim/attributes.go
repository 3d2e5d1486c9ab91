package scim

import (
	"maps"
	"slices"
)

// attributes are the folded names of attributes and of their parts.
type attributes map[string][]string

// The attributes that a filter may name where everything is read for it.
var (
	userAttributes  = withKept(common)
	groupAttributes = withNames(common, "displayname", "externalid")

	common = attributes{"id": nil, "schemas": nil, "meta": {"resourcetype", "created", "lastmodified", "location", "version"}}
)

func withKept(of attributes) attributes {
	all := withNames(of)
	for name, attr := range kept {
		for sub := range attr.subs {
			all[name] = append(all[name], sub)
		}
		if attr.subs == nil {
			all[name] = nil
		}
	}
	return all
}

func withNames(of attributes, names ...string) attributes {
	all := attributes{}
	maps.Copy(all, of)
	for _, name := range names {
		all[name] = nil
	}
	return all
}

// name tells whether all that a filter names is among them. Who asks for what is
// not kept must not take it for something that nobody has.
func (a attributes) name(n node) bool {
	switch n := n.(type) {
	case both:
		return a.name(n.left) && a.name(n.right)
	case either:
		return a.name(n.left) && a.name(n.right)
	case negation:
		return a.name(n.inner)
	case element:
		return a.lead(n.path)
	case comparison:
		return a.lead(n.path)
	}
	return false
}

// lead tells whether a path leads to one of them.
func (a attributes) lead(p path) bool {
	parts, known := a[p.attr]
	if p.foreign || !known || p.sub != "" && !slices.Contains(parts, p.sub) {
		return false
	}
	return p.filter == nil || withNames(nil, parts...).name(p.filter)
}
