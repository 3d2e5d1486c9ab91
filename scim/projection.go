package scim

import (
	"slices"
	"strings"
)

// projection is which attributes a client wants to see (RFC 7644 section
// 3.9). Where it names both sorts, those that it wants count.
type projection struct {
	only, without []path
}

func (c call) projection() projection {
	values := c.URL.Query()
	return projection{only: pathsOf(values.Get("attributes")), without: pathsOf(values.Get("excludedAttributes"))}
}

func pathsOf(list string) []path {
	var all []path
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, named(name))
		}
	}
	return all
}

// always are the attributes that no projection takes away.
var always = []string{"id", "schemas"}

// wants tells whether an attribute is to be shown, in part or as a whole.
func (p projection) wants(attr string) bool {
	named := func(one path) bool { return strings.EqualFold(one.attr, attr) }
	switch {
	case slices.Contains(always, attr):
		return true
	case len(p.only) > 0:
		return slices.ContainsFunc(p.only, named)
	}
	return !slices.ContainsFunc(p.without, func(one path) bool { return named(one) && one.sub == "" })
}

// wantsPart is wants for a sub-attribute.
func (p projection) wantsPart(attr, sub string) bool {
	whole := func(one path) bool { return strings.EqualFold(one.attr, attr) && one.sub == "" }
	part := func(one path) bool { return strings.EqualFold(one.attr, attr) && strings.EqualFold(one.sub, sub) }
	if len(p.only) > 0 {
		return slices.ContainsFunc(p.only, whole) || slices.ContainsFunc(p.only, part)
	}
	return !slices.ContainsFunc(p.without, part)
}

// cut takes out of a resource what is not wanted.
func (p projection) cut(resource map[string]any) {
	if len(p.only) == 0 && len(p.without) == 0 {
		return
	}
	for attr, v := range resource {
		if !p.wants(attr) {
			delete(resource, attr)
			continue
		}
		for _, one := range elements(v) {
			parts, _ := one.(map[string]any)
			for sub := range parts {
				if !p.wantsPart(attr, sub) {
					delete(parts, sub)
				}
			}
		}
	}
}
