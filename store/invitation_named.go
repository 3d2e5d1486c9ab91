package store

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"
)

// named are the users and devices that a query finds: all of them, or of many
// one more than are looked up one by one.
type named struct {
	query          string
	users, devices []string
}

// named looks a query up, users and devices side by side. No query names nobody.
func (s *Store) named(ctx context.Context, query string) (named, error) {
	by := named{query: query}
	if query == "" {
		return by, nil
	}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() (err error) {
		by.users, err = s.found(ctx, "users", query, smallGroup+1)
		return err
	})
	both.Go(func() (err error) {
		by.devices, err = s.found(ctx, "devices", query, smallGroup+1)
		return err
	})
	return by, both.Wait()
}

// ofNamed narrows to the invitations of the users and devices that a query
// finds.
func (s *source) ofNamed(by named, whole bool) {
	if by.query == "" {
		return
	}
	if len(by.users) > smallGroup || len(by.devices) > smallGroup {
		s.ofManyNamed(by, whole)
		return
	}
	ofUsers, userIDs := inClause("user_id", by.users)
	ofDevices, deviceIDs := inClause("device_id", by.devices)
	s.from = "(SELECT id FROM invitations WHERE " + ofUsers + " UNION SELECT id FROM invitations WHERE " + ofDevices + ") named CROSS JOIN invitations i"
	s.fromArgs = slices.Concat(userIDs, deviceIDs)
	s.add("i.id = named.id")
	s.few = true
}

// ofManyNamed narrows to what more users or devices have than are named one by
// one.
func (s *source) ofManyNamed(by named, whole bool) {
	ofUsers, args := s.ofMany("users", "i.user_id", by.users, by.query, whole)
	ofDevices, more := s.ofMany("devices", "i.device_id", by.devices, by.query, whole)
	s.add("("+ofUsers+" OR "+ofDevices+")", append(args, more...)...)
}

// ofMany is the condition that a column's row of a table was found. A page is
// soon found by a look at each invitation's own. Who reads the whole joins the
// table: PostgreSQL looks through a list of ids that is longer than its working
// memory again for each row, which takes minutes.
func (s *source) ofMany(table, column string, ids []string, query string, whole bool) (where string, args []any) {
	if len(ids) <= smallGroup {
		return inClause(column, ids)
	}
	text := "(SELECT search FROM " + table + " WHERE deleted_at IS NULL AND " + table + ".id = " + column + ")"
	if whole {
		joined := "found_" + table
		s.joins += " LEFT JOIN " + table + " " + joined + " ON " + joined + ".id = " + column + " AND " + joined + ".deleted_at IS NULL"
		text = joined + ".search"
	}
	return like(text), []any{holding(query)}
}
