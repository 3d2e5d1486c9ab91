package store

import "context"

// made is what a transaction made first, for the record of an idempotent request.
type made struct{ kind, id string }

// Made names what the transaction made, so that a repeated request whose
// answer was lost can be answered by reading it again. The first call counts.
func (tx *Tx) Made(kind, id string) {
	if tx.made == (made{}) {
		tx.made = made{kind, id}
	}
}

// claimed adds the record of the request that ctx carries to fn's transaction.
func (s *Store) claimed(fn func(context.Context, *Tx) error) func(context.Context, *Tx) error {
	return fn
}
