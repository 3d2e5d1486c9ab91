package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"heraut/people"
)

// ownedRow is a device with who has it.
type ownedRow struct {
	deviceRow

	Owner     Text `db:"owner"`
	OwnerSort Text `db:"owner_sort"`
}

func (r ownedRow) owned() people.OwnedDevice {
	return people.OwnedDevice{Device: r.device(), Owner: string(r.Owner)}
}

func (r ownedRow) byName() people.Cursor { return r.cursor() }

// byOwner marks devices without an owner by a key of one part.
func (r ownedRow) byOwner() people.Cursor {
	if r.UserID == "" {
		return r.cursor()
	}
	return people.Cursor{Key: strings.Join([]string{string(r.OwnerSort), string(r.UserID), r.SortName}, "\n"), ID: r.ID}
}

// ownedColumns are of devices d and their owners o.
const ownedColumns = "d.id, d.name, d.platform, d.serial_number, d.udid, d.user_id, d.sort_name, d.created_at, d.updated_at, d.version, " +
	"o.full_name AS owner, o.sort_name AS owner_sort"

// ListDevices returns devices with the names of their owners.
func (s *Store) ListDevices(ctx context.Context, f people.DeviceFilter, after people.Cursor, limit int) (people.Page[people.OwnedDevice], error) {
	var page people.Page[people.OwnedDevice]
	if err := f.Sort.Check(people.ByNameDown, people.ByOwner); err != nil {
		return page, err
	}
	by, err := s.named(ctx, f.Query)
	if err != nil {
		return page, err
	}
	c := devicesWhere(f, by)
	read, cursor := s.devicesByName, ownedRow.byName
	if f.Sort == people.ByOwner {
		read, cursor = s.devicesByOwner, ownedRow.byOwner
	}
	rows, err := read(ctx, f, c, after, limit+1)
	if err == nil {
		err = loadOwnedPush(ctx, s.reader(), rows)
	}
	if err != nil {
		return page, fmt.Errorf("listing devices: %w", err)
	}
	return pageOf(rows, limit, ownedRow.owned, cursor), nil
}

func loadOwnedPush(ctx context.Context, from getter, rows []ownedRow) error {
	devices := make([]deviceRow, len(rows))
	for i, r := range rows {
		devices[i] = r.deviceRow
	}
	err := loadPush(ctx, from, devices)
	for i := range rows {
		rows[i].deviceRow = devices[i]
	}
	return err
}

// devicesCondition is a condition on devices d.
type devicesCondition struct {
	condition

	// few: the condition itself leads to few devices.
	few bool
}

// devicesWhere writes a filter, whose query names by, as a condition.
func devicesWhere(f people.DeviceFilter, by named) devicesCondition {
	var c devicesCondition
	c.and("d.deleted_at IS NULL")
	if f.UserID != "" {
		c.and("d.user_id = ?", f.UserID)
	}
	if f.Platform != "" {
		c.and("d.platform = ?", string(f.Platform))
	}
	switch f.Assigned {
	case people.AssignedYes:
		c.and("d.user_id IS NOT NULL")
	case people.AssignedNo:
		c.and("d.user_id IS NULL")
	}
	c.ofNamed(by)
	return c
}

// ofNamed narrows to the devices that a query finds, or whose owners it does.
// Of many a walk through all devices soon finds a page.
func (c *devicesCondition) ofNamed(by named) {
	if by.query == "" {
		return
	}
	if len(by.users) <= smallGroup && len(by.devices) <= smallGroup {
		ofOwners, owners := inClause("user_id", by.users)
		own, devices := inClause("id", by.devices)
		c.and("d.id IN (SELECT id FROM devices WHERE "+ofOwners+" UNION SELECT id FROM devices WHERE "+own+")", slices.Concat(owners, devices)...)
		c.few = true
		return
	}
	pattern := holding(by.query)
	ofOwners, owners := inClause("d.user_id", by.users)
	if len(by.users) > smallGroup {
		ofOwners, owners = "EXISTS (SELECT 1 FROM users u WHERE u.id = d.user_id AND u.deleted_at IS NULL AND "+like("u.search")+")", []any{pattern}
	}
	c.and("("+like("d.search")+" OR "+ofOwners+")", append([]any{pattern}, owners...)...)
}

func (s *Store) devicesByName(ctx context.Context, f people.DeviceFilter, c devicesCondition, after people.Cursor, n int) ([]ownedRow, error) {
	order := order{column: "d.sort_name", id: "d.id", down: f.Sort == people.ByNameDown}
	following, args, err := order.after(after)
	if err != nil {
		return nil, err
	}
	c.and(following, args...)
	var rows []ownedRow
	err = s.reader().SelectFor(ctx, &rows, "SELECT "+ownedColumns+" FROM devices d LEFT JOIN users o ON o.id = d.user_id WHERE d.id IN (SELECT d.id FROM devices d WHERE "+
		c.where()+" ORDER BY "+order.by()+" LIMIT ?) ORDER BY "+order.by(), append(c.args, n)...)
	return rows, err
}

// devicesByOwner walks the owners by name, and then the devices of nobody.
func (s *Store) devicesByOwner(ctx context.Context, f people.DeviceFilter, c devicesCondition, after people.Cursor, n int) ([]ownedRow, error) {
	parts := strings.Split(after.Key, "\n")
	nobodys := after.ID != "" && len(parts) == 1
	var rows []ownedRow
	if !nobodys && f.Assigned != people.AssignedNo {
		owned := c.clone()
		owned.and("o.deleted_at IS NULL")
		if after.ID != "" {
			if len(parts) != 3 {
				return nil, badCursor()
			}
			owned.and("(o.sort_name, o.id) >= (?, ?)", parts[0], parts[1])
			owned.and("(o.sort_name, o.id, d.sort_name, d.id) > (?, ?, ?, ?)", parts[0], parts[1], parts[2], after.ID)
		}
		join := " CROSS JOIN " // it keeps its order in SQLite
		if c.few {
			join = ", "
		}
		err := s.reader().SelectFor(ctx, &rows, "SELECT "+ownedColumns+" FROM users o"+join+"devices d WHERE d.user_id = o.id AND "+
			owned.where()+" ORDER BY o.sort_name, o.id, d.sort_name, d.id LIMIT ?", append(owned.args, n)...)
		if err != nil || len(rows) == n {
			return rows, err
		}
		after = people.Cursor{}
	}
	if f.UserID != "" || f.Assigned == people.AssignedYes {
		return rows, nil
	}
	c.and("d.user_id IS NULL")
	rest, err := s.devicesByName(ctx, people.DeviceFilter{}, c, after, n-len(rows))
	return append(rows, rest...), err
}
