package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
	"heraut/people"
)

// CreateDevice stores a new device with its push channels. Faults:
// invalid_request (an unknown user too), conflict for a serial number or UDID
// that is taken.
func (s *Store) CreateDevice(ctx context.Context, actor people.Actor, d people.Device) (people.Device, error) {
	d = d.Clean()
	if err := d.Check(); err != nil {
		return people.Device{}, err
	}
	d.ID, d.Version = newID(), 1
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := checkOwner(ctx, tx, d.UserID); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		d.CreatedAt, d.UpdatedAt = now.Time, now.Time
		if err := insertDevice(ctx, tx, d); err != nil {
			return err
		}
		if err := savePush(ctx, tx, d.ID, nil, d.Push, now); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "device.create", Kind: "device", ID: d.ID, Became: docOfDevice(d)})
		return nil
	})
	if err != nil {
		return people.Device{}, fmt.Errorf("creating a device: %w", err)
	}
	return d, nil
}

func insertDevice(ctx context.Context, tx *Tx, d people.Device) error {
	_, err := tx.Exec(ctx, `INSERT INTO devices (id, name, platform, serial_number, udid, user_id, sort_name, search, created_at, updated_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		d.ID, d.Name, string(d.Platform), Text(d.SerialNumber), Text(d.UDID), Text(d.UserID), sortName(d.Name), deviceSearch(d), At(d.CreatedAt), At(d.UpdatedAt))
	return err
}

func checkOwner(ctx context.Context, tx *Tx, userID string) error {
	if userID == "" {
		return nil
	}
	_, err := getUser(ctx, tx, userID)
	if fault.Is(err, fault.NotFound) {
		return fault.Invalid(fault.Field{Pointer: "/user_id", Message: "There is no user with this id."})
	}
	return err
}

// Device returns a device; not_found when there is none.
func (s *Store) Device(ctx context.Context, id string) (people.Device, error) {
	return getDevice(ctx, s.reader(), id)
}

func getDevice(ctx context.Context, from getter, id string) (people.Device, error) {
	rows := make([]deviceRow, 1)
	err := from.Get(ctx, &rows[0], "SELECT "+deviceColumns+" FROM devices WHERE id = ? AND deleted_at IS NULL", id)
	if err == nil {
		err = loadPush(ctx, from, rows)
	}
	if err != nil {
		return people.Device{}, fmt.Errorf("reading device %s: %w", id, orNotFound(err, "Device not found."))
	}
	return rows[0].device(), nil
}

// UpdateDevice changes a device by edit, which may run more than once. A
// channel that edit sets anew, with the same token even, counts as registered
// now. Faults: not_found, precondition_failed when ifVersion is given and is
// not the device's, invalid_request for another name, and those of CreateDevice.
func (s *Store) UpdateDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64,
	edit func(people.Device) (people.Device, error),
) (people.Device, error) {
	var updated people.Device
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getDevice(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		given := before
		given.Push = slices.Clone(before.Push)
		if updated, err = edit(given); err != nil {
			return err
		}
		updated, err = saveDevice(ctx, tx, actor, before, updated.Clean())
		return err
	})
	if err != nil {
		return people.Device{}, fmt.Errorf("updating device %s: %w", id, err)
	}
	return updated, nil
}

func saveDevice(ctx context.Context, tx *Tx, actor people.Actor, before, after people.Device) (people.Device, error) {
	after.ID, after.CreatedAt, after.UpdatedAt, after.Version = before.ID, before.CreatedAt, before.UpdatedAt, before.Version
	if sameDevice(before, after) {
		tx.Made("device", before.ID)
		return before, nil
	}
	if err := before.CheckChange(after); err != nil {
		return before, err
	}
	if after.UserID != before.UserID {
		if err := checkOwner(ctx, tx, after.UserID); err != nil {
			return before, err
		}
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return before, err
	}
	after.UpdatedAt, after.Version = now.Time, before.Version+1
	n, err := tx.Exec(ctx, `UPDATE devices SET platform = ?, serial_number = ?, udid = ?, user_id = ?, search = ?, updated_at = ?, version = version + 1
		WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		string(after.Platform), Text(after.SerialNumber), Text(after.UDID), Text(after.UserID), deviceSearch(after), now, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	if err := savePush(ctx, tx, before.ID, before.Push, after.Push, now); err != nil {
		return before, err
	}
	tx.audit(actor, change{Action: "device.update", Kind: "device", ID: before.ID, Was: docOfDevice(before), Became: docOfDevice(after)})
	if before.UserID != "" && after.UserID != before.UserID {
		if err := devicesReassigned(ctx, tx, actor, []string{before.ID}); err != nil {
			return before, err
		}
	}
	return getDevice(ctx, tx, before.ID) // whether an mdm channel is live is not the caller's to say
}

func sameDevice(a, b people.Device) bool {
	return a.Name == b.Name && a.Platform == b.Platform && a.SerialNumber == b.SerialNumber && a.UDID == b.UDID &&
		a.UserID == b.UserID && slices.Equal(a.Push, b.Push)
}

// DeleteDevice takes a device away: its push channels, serial number and UDID
// are erased, the name stays for completed tasks. Fault: not_found.
func (s *Store) DeleteDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getDevice(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		if err := deleteDevice(ctx, tx, actor, id); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "device.delete", Kind: "device", ID: id, Was: docOfDevice(before)})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting device %s: %w", id, err)
	}
	return nil
}

func deleteDevice(ctx context.Context, tx *Tx, actor people.Actor, id string) error {
	if err := deviceDeleted(ctx, tx, actor, id); err != nil {
		return err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM push_channels WHERE device_id = ?", id); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE devices SET deleted_at = ?, updated_at = ?, version = version + 1, serial_number = NULL, udid = NULL,
		mdm_id = NULL, mdm_device_id = NULL, user_id = NULL, search = '' WHERE id = ?`, now, now, id)
	return err
}
