package store

import (
	"slices"
	"strings"
)

// condition is a WHERE that grows.
type condition struct {
	clauses []string
	args    []any
}

func (c *condition) and(clause string, args ...any) {
	c.clauses = append(c.clauses, clause)
	c.args = append(c.args, args...)
}

// found narrows to rows whose column holds a query; an empty query does not,
// one of blanks leaves none.
func (c *condition) found(column, query string) {
	switch {
	case query == "":
	case blank(query):
		c.and("1 = 0")
	default:
		c.and(like(column), holding(query))
	}
}

func (c *condition) where() string { return strings.Join(c.clauses, " AND ") }

// clone lets two queries grow from one.
func (c *condition) clone() condition {
	return condition{clauses: slices.Clone(c.clauses), args: slices.Clone(c.args)}
}
