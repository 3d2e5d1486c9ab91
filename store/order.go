package store

import (
	"heraut/people"
)

// order sorts rows by a column, and by id where that is the same. The column
// and the id may be those of an alias.
type order struct {
	column, id string
	down       bool
	// times: the column holds times.
	times bool
}

// orderOf is the order of a list whose rows have names and changes.
func orderOf(sort people.Sort) order {
	switch sort {
	case people.ByNameDown:
		return order{column: "sort_name", id: "id", down: true}
	case people.ByChange:
		return order{column: "updated_at", id: "id", down: true, times: true}
	}
	return order{column: "sort_name", id: "id"}
}

func (o order) by() string {
	if o.down {
		return o.column + " DESC, " + o.id + " DESC"
	}
	return o.column + ", " + o.id
}

// after is the condition on rows that follow a place in the list.
func (o order) after(c people.Cursor) (where string, args []any, err error) {
	if c == (people.Cursor{}) {
		return "1 = 1", nil, nil
	}
	key := any(c.Key)
	if o.times {
		var at Time
		if at.parse(c.Key) != nil {
			return "", nil, badCursor()
		}
		key = at
	}
	sign := ">"
	if o.down {
		sign = "<"
	}
	return "(" + o.column + ", " + o.id + ") " + sign + " (?, ?)", []any{key, c.ID}, nil
}
