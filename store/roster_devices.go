package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/people"
)

const rosterDeviceColumns = "id, name, platform, serial_number, udid, user_id, sort_name, search, source, created_at, updated_at"

// rosterDeviceUpsert leaves the name: it was fixed at enrollment.
const rosterDeviceUpsert = `ON CONFLICT (serial_number) DO UPDATE SET platform = excluded.platform, udid = excluded.udid,
	user_id = excluded.user_id, search = excluded.search, source = excluded.source, updated_at = excluded.updated_at, version = devices.version + 1`

type rosterDeviceRow struct {
	ID           string          `db:"id"`
	SerialNumber string          `db:"serial_number"`
	Name         string          `db:"name"`
	Platform     people.Platform `db:"platform"`
	UDID         Text            `db:"udid"`
	UserID       Text            `db:"user_id"`
	Source       string          `db:"source"`
}

// deviceChanges is what a page of devices asks for.
type deviceChanges struct {
	rows    []rosterDeviceRow
	counts  people.RosterCounts
	renamed []people.RenamedDevice
	unknown int
	// reassigned are the devices taken from somebody.
	reassigned []string
}

func (r *rosterRun) applyDevices(ctx context.Context) error {
	for chunk := range slices.Chunk(r.roster.Devices, rosterBatch) {
		changes, err := r.compareDevices(ctx, r.store.reader(), chunk)
		if err == nil && len(changes.rows) > 0 && !r.opts.DryRun {
			changes, err = r.writeDevices(ctx, chunk)
		}
		if err != nil {
			return fmt.Errorf("applying devices: %w", err)
		}
		r.noteDevices(changes)
		r.advance(len(chunk))
	}
	return r.countMissingDevices(ctx)
}

func (r *rosterRun) noteDevices(c deviceChanges) {
	r.report.Devices.Created += c.counts.Created
	r.report.Devices.Updated += c.counts.Updated
	r.report.Devices.Unchanged += c.counts.Unchanged
	r.report.RenamedCount += len(c.renamed)
	r.report.UnknownPeople += c.unknown
	room := maxFields - len(r.report.Renamed)
	r.report.Renamed = append(r.report.Renamed, c.renamed[:min(room, len(c.renamed))]...)
}

func (r *rosterRun) writeDevices(ctx context.Context, chunk []people.RosterDevice) (changes deviceChanges, err error) {
	err = r.store.write(ctx, func(ctx context.Context, tx *Tx) error {
		if changes, err = r.compareDevices(ctx, tx, chunk); err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		values := make([][]any, len(changes.rows))
		for i, d := range changes.rows {
			values[i] = []any{
				newID(), d.Name, string(d.Platform), d.SerialNumber, d.UDID, d.UserID, sortName(d.Name),
				searchText(sortName(d.Name), d.SerialNumber, string(d.UDID)), rosterSource, now, now,
			}
		}
		_, err = insertRows(ctx, tx, "devices", columnList(rosterDeviceColumns), values, rosterDeviceUpsert)
		if err != nil {
			return err
		}
		return devicesReassigned(ctx, tx, r.actor, changes.reassigned)
	})
	return changes, err
}

func (r *rosterRun) compareDevices(ctx context.Context, from getter, chunk []people.RosterDevice) (deviceChanges, error) {
	keys := make([]string, len(chunk))
	for i, d := range chunk {
		keys[i] = d.SerialNumber
	}
	in, args := inClause("serial_number", keys)
	var known []rosterDeviceRow
	err := from.Select(ctx, &known, "SELECT id, serial_number, name, platform, udid, user_id, source FROM devices WHERE "+in, args...)
	if err != nil {
		return deviceChanges{}, err
	}
	byKey := make(map[string]rosterDeviceRow, len(known))
	for _, row := range known {
		byKey[row.SerialNumber] = row
	}
	var c deviceChanges
	for _, d := range chunk {
		is, exists := byKey[d.SerialNumber]
		r.compareDevice(&c, is, exists, d)
	}
	return c, nil
}

func (r *rosterRun) compareDevice(c *deviceChanges, is rosterDeviceRow, exists bool, d people.RosterDevice) {
	wanted := d.Device()
	owner, known := r.ids[d.PersonID]
	if d.PersonID != "" && !known {
		c.unknown++
	}
	should := rosterDeviceRow{
		SerialNumber: wanted.SerialNumber, Name: wanted.Name, Platform: wanted.Platform,
		UDID: Text(wanted.UDID), UserID: Text(owner), Source: rosterSource,
	}
	if !exists {
		c.counts.Created++
		c.rows = append(c.rows, should)
		return
	}
	should.ID = is.ID
	if d.PersonID != "" && !known {
		should.UserID = is.UserID
	}
	if should.Name != is.Name {
		c.renamed = append(c.renamed, people.RenamedDevice{SerialNumber: is.SerialNumber, Name: is.Name, RosterName: should.Name})
		should.Name = is.Name
	}
	if should.UDID == "" {
		should.UDID = is.UDID
	}
	if should == is {
		c.counts.Unchanged++
		return
	}
	c.counts.Updated++
	c.rows = append(c.rows, should)
	if is.UserID != "" && is.UserID != should.UserID {
		c.reassigned = append(c.reassigned, is.ID)
	}
}

// countMissingDevices counts the devices of earlier rosters that this one
// lacks; they stay.
func (r *rosterRun) countMissingDevices(ctx context.Context) error {
	here := make(map[string]bool, len(r.roster.Devices))
	for _, d := range r.roster.Devices {
		here[d.SerialNumber] = true
	}
	rows, err := r.store.reader().Query(ctx, "SELECT serial_number FROM devices WHERE source = ? AND serial_number IS NOT NULL", rosterSource)
	if err != nil {
		return fmt.Errorf("reading the devices of earlier rosters: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var serial string
		if err := rows.Scan(&serial); err != nil {
			return fmt.Errorf("reading the devices of earlier rosters: %w", err)
		}
		if !here[serial] {
			r.report.Devices.Missing++
		}
	}
	return mapError(ctx, rows.Err())
}
