package scim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// below is the path below Prefix. A base URL that was given with a slash at the
// end makes clients write two of them.
func below(path string) string {
	return strings.TrimLeft(strings.TrimPrefix(path, strings.TrimSuffix(Prefix, "/")), "/")
}

// allowed are the methods that a path takes, as Allow names them.
func allowed(methods map[string]handler) string {
	names := slices.Collect(maps.Keys(methods))
	if slices.Contains(names, http.MethodGet) {
		names = append(names, http.MethodHead)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// misused is the fault of a method that a path does not take.
type misused struct {
	error

	allowed string
}

// Unwrap gives the fault.
func (m *misused) Unwrap() error { return m.error }
