package store

import (
	"heraut/invitation"
	"heraut/people"
)

// listing is one order in which invitations are listed. The column of ids is
// given, for it may be another table's.
type listing struct {
	where  string
	order  func(id string) string
	after  func(id string, c people.Cursor) (string, []any, error)
	cursor func(invitationRow) people.Cursor
}

func newest() listing {
	return listing{
		where: "1 = 1", cursor: invitationRow.byID,
		order: func(id string) string { return id + " DESC" },
		after: func(id string, c people.Cursor) (string, []any, error) { return id + " < ?", []any{c.ID}, nil },
	}
}

func oldest() listing {
	return listing{
		cursor: invitationRow.byID,
		order:  func(id string) string { return id },
		after:  func(id string, c people.Cursor) (string, []any, error) { return id + " > ?", []any{c.ID}, nil },
	}
}

// nextAction is when something happens to an open invitation by itself; an
// index goes by it.
const nextAction = "(CASE WHEN i.due_at < i.expires_at THEN i.due_at ELSE i.expires_at END)"

func soonest() listing {
	return listing{
		cursor: invitationRow.byNext,
		order:  func(id string) string { return nextAction + ", " + id },
		after:  func(id string, c people.Cursor) (string, []any, error) { return afterTime(nextAction, id, ">", c) },
	}
}

func active(sort invitation.Sort) listing {
	l := newest()
	switch sort {
	case invitation.Oldest:
		l = oldest()
	case invitation.NextAction:
		l = soonest()
	}
	l.where = "i.settled_at IS NULL"
	return l
}

func completed() listing {
	return listing{
		where: "i.settled_at IS NOT NULL", cursor: invitationRow.bySettled,
		order: func(id string) string { return "i.settled_at DESC, " + id + " DESC" },
		after: func(id string, c people.Cursor) (string, []any, error) { return afterTime("i.settled_at", id, "<", c) },
	}
}

func afterTime(column, id, sign string, c people.Cursor) (string, []any, error) {
	var at Time
	if err := at.parse(c.Key); err != nil {
		return "", nil, badCursor()
	}
	return "(" + column + ", " + id + ") " + sign + " (?, ?)", []any{at, c.ID}, nil
}
