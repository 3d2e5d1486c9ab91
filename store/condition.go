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

// found narrows to rows whose column holds a query; an empty query does not.
func (c *condition) found(column, query string) {
	if query != "" {
		c.and(like(column), holding(query))
	}
}

func (c *condition) where() string { return strings.Join(c.clauses, " AND ") }

// clone lets two queries grow from one.
func (c *condition) clone() condition {
	return condition{clauses: slices.Clone(c.clauses), args: slices.Clone(c.args)}
}
