package store

import (
	"heraut/fault"
	"heraut/people"
)

// pageOf makes a page of rows that were read with one more than limit.
func pageOf[R, T any](rows []R, limit int, item func(R) T, cursor func(R) people.Cursor) people.Page[T] {
	page := people.Page[T]{Items: make([]T, 0, min(len(rows), limit))}
	if len(rows) > limit {
		rows = rows[:limit]
		next := cursor(rows[limit-1])
		page.Next = &next
	}
	for _, row := range rows {
		page.Items = append(page.Items, item(row))
	}
	return page
}

func badCursor() error {
	return fault.Invalid(fault.Field{Pointer: "cursor", Message: "Use the next_cursor of the page before."})
}
