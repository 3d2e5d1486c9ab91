package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// reenrollWait is how long invitations by MDM wait, after a device enrolled
// again, for the channel that carries them; then another channel stands in.
const reenrollWait = 24 * time.Hour

// DeviceEnrolled keeps a device that enrolls at the MDM server, of which every
// enrollment begins with an empty queue: a new one, or the one that is known
// by its enrollment, its UDID or its serial number. The name of a known device
// stays. What was queued for it is due again once ChannelRenewed tells that it
// can be woken. Another owner's open invitations are cancelled. News that is not
// newer than what is known changes nothing. Fault: invalid_request, for a user
// who does not exist too.
func (s *Store) DeviceEnrolled(ctx context.Context, e people.EnrolledDevice) (invitation.Woken, error) {
	if err := e.Check(); err != nil {
		return invitation.Woken{}, fmt.Errorf("enrolling a device: %w", err)
	}
	var woken invitation.Woken
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		run := enrolling{tx: tx, told: e, device: e.Device()}
		err := run.run(ctx)
		woken = run.woken
		return err
	})
	if err != nil {
		return invitation.Woken{}, fmt.Errorf("enrolling a device: %w", err)
	}
	return woken, nil
}

// enrolling is one enrollment of a device.
type enrolling struct {
	tx     *Tx
	told   people.EnrolledDevice
	device people.Device
	now    Time
	// at is when it was told, and not after now.
	at Time
	// renewed is the channel that carries invitations, where its TokenUpdate
	// came before the news of the enrollment.
	renewed Text
	woken   invitation.Woken
}

func (e *enrolling) run(ctx context.Context) error {
	if err := checkOwner(ctx, e.tx, e.device.UserID); err != nil {
		return err
	}
	known, err := e.known(ctx)
	if err != nil {
		return err
	}
	if e.now, err = e.tx.Now(ctx); err != nil {
		return err
	}
	if e.at, err = e.tx.toldAt(ctx, e.told.At); err != nil {
		return err
	}
	if len(known) > 0 {
		return e.renew(ctx, known)
	}
	err = e.create(ctx)
	if _, taken := violated(err); taken {
		return busy(err) // it enrolled twice at once: now it is known
	}
	return err
}

// known lists the devices that it may be, the surest first.
func (e *enrolling) known(ctx context.Context) ([]string, error) {
	var ids []string
	id, udid, serial := e.told.EnrollmentID, Text(e.device.UDID), Text(e.device.SerialNumber)
	err := e.tx.Select(ctx, &ids, `SELECT id FROM devices WHERE deleted_at IS NULL AND (mdm_device_id = ? OR udid = ? OR serial_number = ?)
		ORDER BY CASE WHEN mdm_device_id = ? THEN 0 WHEN udid = ? THEN 1 ELSE 2 END`, id, udid, serial, id, udid)
	if err != nil {
		return nil, fmt.Errorf("looking for the device: %w", err)
	}
	return ids, nil
}

func (e *enrolling) create(ctx context.Context) error {
	d := e.device
	d.ID, d.Version, d.CreatedAt, d.UpdatedAt = newID(), 1, e.now.Time, e.now.Time
	if err := insertDevice(ctx, e.tx, d); err != nil {
		return fmt.Errorf("writing the device: %w", err)
	}
	_, err := e.tx.Exec(ctx, "UPDATE devices SET mdm_device_id = ?, mdm_id = ?, invitable = ?, mdm_told_at = ? WHERE id = ?",
		e.told.EnrollmentID, e.invitesBy(), e.told.Invitable(), e.at, d.ID)
	if err != nil {
		return fmt.Errorf("writing its enrollment: %w", err)
	}
	e.tx.audit(mdmActor(), change{Action: "device.enroll", Kind: "device", ID: d.ID, Became: e.doc(d)})
	return nil
}

// invitesBy is the channel that invitations go to, as far as it is known now:
// that of a Mac's user comes later.
func (e *enrolling) invitesBy() Text {
	if e.renewed != "" {
		return e.renewed
	}
	if e.told.Invitable() && e.told.Kind.Invites(e.told.Platform) {
		return Text(e.told.EnrollmentID)
	}
	return ""
}

// renew brings a known device up to date.
func (e *enrolling) renew(ctx context.Context, known []string) error {
	if old, err := e.old(ctx, known[0]); err != nil || old {
		return err
	}
	before, err := getDevice(ctx, e.tx, known[0])
	if err != nil {
		return err
	}
	if err := e.overtaken(ctx); err != nil {
		return err
	}
	after := e.merge(before, len(known) > 1)
	n, err := e.tx.Exec(ctx, `UPDATE devices SET platform = ?, serial_number = ?, udid = ?, user_id = ?, search = ?, mdm_device_id = ?, mdm_id = ?, invitable = ?,
		mdm_told_at = ?, updated_at = ?, version = version + 1 WHERE id = ? AND version = ? AND deleted_at IS NULL`,
		string(after.Platform), Text(after.SerialNumber), Text(after.UDID), Text(after.UserID), deviceSearch(after), e.told.EnrollmentID, e.invitesBy(), e.told.Invitable(),
		e.at, e.now, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return err
	}
	e.tx.audit(mdmActor(), change{Action: "device.enroll", Kind: "device", ID: before.ID, Was: docOfDevice(before), Became: e.doc(after)})
	if before.UserID != "" && after.UserID != before.UserID {
		e.woken.Users = append(e.woken.Users, before.UserID)
		_, e.woken.Sends, err = cancelOpen(ctx, e.tx, mdmActor(), nil, []string{before.ID}, string(invitation.Reassigned))
		if err != nil {
			return err
		}
	}
	return e.requeue(ctx, before.ID)
}

// old tells whether this enrollment of the device, or a later one, is known: an
// MDM server elsewhere may tell it twice, and the queue was emptied once.
func (e *enrolling) old(ctx context.Context, deviceID string) (bool, error) {
	var last Time
	err := e.tx.Get(ctx, &last, "SELECT mdm_told_at FROM devices WHERE id = ?", deviceID)
	if err != nil {
		return false, fmt.Errorf("reading when it enrolled: %w", err)
	}
	return !e.told.At.IsZero() && !last.IsZero() && !e.at.After(last.Time), nil
}

// overtaken finds out whether the news comes late.
func (e *enrolling) overtaken(ctx context.Context) error {
	row, err := mdmDevice(ctx, e.tx, e.told.EnrollmentID)
	if err != nil {
		return err
	}
	if row.live() && e.at.Before(row.RenewedAt.Time) {
		e.renewed = row.MDMID
	}
	return nil
}

// merge is the device with what it tells now. Of two rows each keeps its numbers.
func (e *enrolling) merge(before people.Device, twice bool) people.Device {
	after := before
	after.Platform = e.device.Platform
	if e.device.UDID != "" && !twice {
		after.UDID = e.device.UDID
	}
	if e.device.SerialNumber != "" && !twice {
		after.SerialNumber = e.device.SerialNumber
	}
	if e.device.UserID != "" {
		after.UserID = e.device.UserID
	}
	return after
}

// requeue repeats what the device has lost: the commands of this generation,
// but for those that were queued since it enrolled.
func (e *enrolling) requeue(ctx context.Context, deviceID string) error {
	var lost []struct {
		ID     string `db:"id"`
		UserID string `db:"user_id"`
	}
	err := e.tx.Select(ctx, &lost, `SELECT i.id, i.user_id FROM invitations i WHERE i.device_id = ? AND i.settled_at IS NULL AND i.channel = 'mdm'
		AND EXISTS (SELECT 1 FROM delivery_invitations di JOIN deliveries d ON d.id = di.delivery_id WHERE di.invitation_id = i.id
			AND d.channel = 'mdm' AND d.occasion = i.occasion AND d.generation = i.generation AND d.state <> 'withdrawn')
		AND NOT EXISTS (SELECT 1 FROM invite_commands c WHERE c.invitation_id = i.id AND c.generation = i.generation AND c.queued_at > ?)
		ORDER BY i.id`+e.tx.forUpdate("i"), deviceID, e.at)
	if err != nil {
		return fmt.Errorf("reading what was queued for it: %w", err)
	}
	ids := make([]string, len(lost))
	for i, l := range lost {
		ids[i] = l.ID
		e.woken.Users = append(e.woken.Users, l.UserID)
	}
	e.woken.Users = slices.Compact(slices.Sorted(slices.Values(e.woken.Users)))
	r := requeued{due: At(e.now.Add(reenrollWait)), waiting: invitation.WaitingDevice, what: "reenrolled", at: e.now}
	if !e.told.Invitable() || e.renewed != "" {
		r.due, r.waiting = e.now, "" // no channel will come
	}
	return e.tx.requeue(ctx, ids, r)
}

// enrollDoc is what the audit log keeps of an enrollment. NameTold is the
// device's name now, where it is not the one that was fixed earlier.
type enrollDoc struct {
	deviceDoc

	Kind      people.MDMKind `json:"enrollment"`
	Invitable bool           `json:"invitable"`
	NameTold  string         `json:"name_told,omitempty"`
}

func (e *enrolling) doc(d people.Device) enrollDoc {
	doc := enrollDoc{deviceDoc: docOfDevice(d), Kind: e.told.Kind, Invitable: e.told.Invitable()}
	if d.Name != e.device.Name {
		doc.NameTold = e.device.Name
	}
	return doc
}
