package roster

import (
	"slices"
	"strings"
)

// schema says which columns a file has.
type schema struct {
	required []string
	optional []string
	// numbered columns may come again as "<name>_2", "<name>_3", ...
	numbered string
}

// known tells whether the schema has the column.
func (s schema) known(name string) bool {
	return slices.Contains(s.required, name) || slices.Contains(s.optional, name) || s.isNumbered(name)
}

func (s schema) isNumbered(name string) bool {
	rest, ok := strings.CutPrefix(name, s.numbered)
	if !ok || s.numbered == "" {
		return false
	}
	digits, ok := strings.CutPrefix(rest, "_")
	return rest == "" || (ok && digits != "" && strings.Trim(digits, "0123456789") == "")
}

// positions returns the places of the numbered columns, in order.
func (s schema) positions(columns map[string]int) []int {
	var found []int
	for name, i := range columns {
		if s.isNumbered(name) {
			found = append(found, i)
		}
	}
	return slices.Sorted(slices.Values(found))
}

// missing lists the required columns that a header lacks.
func (s schema) missing(columns map[string]int) []string {
	return slices.DeleteFunc(slices.Clone(s.required), func(name string) bool {
		_, ok := columns[name]
		return ok
	})
}
