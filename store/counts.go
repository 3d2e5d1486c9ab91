package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// Counts tells how much of everything there is, for the menu: exactly, by one
// walk through an index each.
func (s *Store) Counts(ctx context.Context) (people.Counts, error) {
	var c people.Counts
	since := At(s.clock().AddDate(0, 0, -people.FailedDays))
	for _, count := range []struct {
		into  *int
		query string
		args  []any
	}{
		{&c.Users, "users WHERE deleted_at IS NULL", nil},
		{&c.Groups, "groups WHERE deleted_at IS NULL", nil},
		{&c.Devices, "devices WHERE deleted_at IS NULL", nil},
		{&c.Assets, "assets WHERE location IN (" + withToken + ")", nil},
		{&c.Invitations, "invitations WHERE settled_at IS NULL", nil},
		{&c.Licenses, "licenses WHERE settled_at IS NULL AND location IN (" + withToken + ")", nil},
		{&c.Marked, "invitations WHERE new_link_asked AND settled_at IS NOT NULL", nil},
		{&c.Failed, "(SELECT 1 FROM invitations WHERE state = 'failed' AND settled_at IS NOT NULL AND settled_at >= ? LIMIT ?) AS failed", []any{since, people.MaxFailed}},
	} {
		if err := s.reader().Get(ctx, count.into, "SELECT COUNT(*) FROM "+count.query, count.args...); err != nil {
			return c, fmt.Errorf("counting everything: %w", err)
		}
	}
	return c, nil
}
