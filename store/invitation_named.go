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
// one. A page is soon found by a look at each invitation's own. Who reads the
// whole joins the tables: PostgreSQL looks through a list of ids that is longer
// than its working memory again for each row, which takes minutes.
func (s *source) ofManyNamed(by named, whole bool) {
	const user, device = "users WHERE deleted_at IS NULL", "devices WHERE deleted_at IS NULL"
	ofUsers, args := inClause("i.user_id", by.users)
	if len(by.users) > smallGroup {
		ofUsers, args = like("(SELECT search FROM "+user+" AND users.id = i.user_id)"), []any{holding(by.query)}
		if whole {
			ofUsers = like("found_user.search")
			s.joins += " LEFT JOIN users found_user ON found_user.id = i.user_id AND found_user.deleted_at IS NULL"
		}
	}
	ofDevices, more := inClause("i.device_id", by.devices)
	if len(by.devices) > smallGroup {
		ofDevices, more = like("(SELECT search FROM "+device+" AND devices.id = i.device_id)"), []any{holding(by.query)}
		if whole {
			ofDevices = like("found_device.search")
			s.joins += " LEFT JOIN devices found_device ON found_device.id = i.device_id AND found_device.deleted_at IS NULL"
		}
	}
	s.add("("+ofUsers+" OR "+ofDevices+")", append(args, more...)...)
}
