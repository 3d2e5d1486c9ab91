package scim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// maxOperations bounds a PATCH.
const maxOperations = 1000

// patchBody is a PATCH request (RFC 7644 section 3.5.2).
type patchBody struct {
	Operations []struct {
		Op    string          `json:"op"`
		Path  string          `json:"path"`
		Value json.RawMessage `json:"value"`
	}
}

// operation is one step: what to do with the attribute at a path.
type operation struct {
	op    string // add, remove or replace
	path  path
	value any // as JSON decodes it; nil: none
}

// readPatch reads the operations in their order. One without a path is taken
// apart: its value names the attributes, which may be dotted or begin with a
// URN. Those of extensions are left out.
func readPatch(c call, limit int64) ([]operation, error) {
	var body patchBody
	if err := read(c, limit, &body); err != nil {
		return nil, err
	}
	if len(body.Operations) == 0 || len(body.Operations) > maxOperations {
		return nil, bad(invalidSyntax, fmt.Sprintf("Give Operations, %d at most.", maxOperations))
	}
	var all []operation
	for _, given := range body.Operations {
		o := operation{op: strings.ToLower(given.Op)}
		if o.op != "add" && o.op != "remove" && o.op != "replace" {
			return nil, bad(invalidSyntax, fmt.Sprintf("%s is no operation: use add, remove or replace.", clip(given.Op)))
		}
		if given.Value != nil {
			if err := json.Unmarshal(given.Value, &o.value); err != nil {
				return nil, bad(invalidSyntax, "The value is not JSON.")
			}
		}
		steps, err := o.steps(given.Path)
		if err != nil {
			return nil, err
		}
		all = append(all, steps...)
	}
	return slices.DeleteFunc(all, func(o operation) bool { return o.path.foreign }), nil
}

func (o operation) steps(at string) ([]operation, error) {
	if at == "" {
		return o.spread()
	}
	var err error
	if o.path, err = parsePath(at); err != nil {
		return nil, err
	}
	if o.path.attr == "" && !o.path.foreign { // the URN of a schema alone
		return o.spread()
	}
	return []operation{o}, nil
}

// spread takes an operation without a path apart.
func (o operation) spread() ([]operation, error) {
	object, ok := o.value.(map[string]any)
	if !ok {
		return nil, bad(cmp.Or(map[string]string{"remove": noTarget}[o.op], invalidValue), "Without a path the value must be an object of attributes.")
	}
	var all []operation
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at, err := parsePath(key)
		if err != nil {
			return nil, err
		}
		one := operation{op: o.op, path: at, value: object[key]}
		if at.attr != "" || at.foreign {
			all = append(all, one)
			continue
		}
		inner, ok := one.value.(map[string]any) // all of a schema's attributes
		if !ok {
			return nil, bad(invalidValue, "The value of a schema must be an object of attributes.")
		}
		for _, name := range slices.Sorted(maps.Keys(inner)) {
			all = append(all, operation{op: o.op, path: named(name), value: inner[name]})
		}
	}
	return all, nil
}
