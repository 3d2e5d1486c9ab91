package store

import (
	"context"

	"heraut/invitation"
	"heraut/people"
)

// eachPage is how many tasks an export holds at a time.
const eachPage = 500

// EachActive gives all open invitations that a filter matches to fn, part by
// part in the order of the filter, until fn fails. It reads page by page, so
// that no transaction stays open meanwhile: what moves in the list while it
// goes on may be missed or come twice.
func (s *Store) EachActive(ctx context.Context, f invitation.Filter, fn func([]invitation.Invitation) error) error {
	return each(ctx, s.ListActive, f, fn)
}

// EachCompleted is EachActive for settled invitations, last settled first.
func (s *Store) EachCompleted(ctx context.Context, f invitation.Filter, fn func([]invitation.Invitation) error) error {
	return each(ctx, s.ListCompleted, f, fn)
}

type listPages func(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)

func each(ctx context.Context, list listPages, f invitation.Filter, fn func([]invitation.Invitation) error) error {
	for after := new(people.Cursor); after != nil; {
		page, err := list(ctx, f, *after, eachPage)
		if err != nil {
			return err
		}
		if len(page.Items) > 0 {
			if err := fn(page.Items); err != nil {
				return err
			}
		}
		after = page.Next
	}
	return nil
}
