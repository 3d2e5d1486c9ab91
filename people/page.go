package people

// Cursor is a place in a list: the sort key and the id of the last item. The
// zero Cursor is the beginning.
type Cursor struct {
	Key string `json:"k"`
	ID  string `json:"i"`
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	// Next is where the following page begins; nil after the last.
	Next *Cursor
}

// UserFilter narrows a list of users; empty fields do not.
type UserFilter struct {
	// Query is part of a name, address or external id, in any case and with
	// or without accents.
	Query   string
	GroupID string // members through nesting
	State   UserState
}
