package scim

import (
	"reflect"
	"slices"
)

// primaries are the elements that are the primary ones.
func primaries(list []map[string]any) (all []map[string]any) {
	for _, one := range list {
		if (comparison{path: path{attr: "primary"}, op: "eq", value: true}).holds(one) {
			all = append(all, one)
		}
	}
	return all
}

// same tells whether two are one element, not whether they are alike.
func same(a, b map[string]any) bool {
	return reflect.ValueOf(a).Pointer() == reflect.ValueOf(b).Pointer()
}

// onePrimary makes those that were primary no longer so where an operation has
// made another one (RFC 7644 section 3.5.2).
func onePrimary(list, was []map[string]any) []map[string]any {
	old := func(one map[string]any) bool {
		return slices.ContainsFunc(was, func(before map[string]any) bool { return same(before, one) })
	}
	now := primaries(list)
	if !slices.ContainsFunc(now, func(one map[string]any) bool { return !old(one) }) {
		return list
	}
	for _, one := range now {
		if old(one) {
			one["primary"] = false
		}
	}
	return list
}
