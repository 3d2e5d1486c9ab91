package store

import (
	"context"
	"fmt"

	"heraut/people"
)

type mdmFactsRow struct {
	DeviceID   Text `db:"mdm_device_id"`
	Invitable  bool `db:"invitable"`
	Enabled    bool `db:"enabled"`
	CreatedAt  Time `db:"created_at"`
	LastSeenAt Time `db:"last_seen_at"`
}

// DeviceMDM tells what the MDM server knows of a device. Fault: not_found.
func (s *Store) DeviceMDM(ctx context.Context, id string) (people.MDMFacts, error) {
	var row mdmFactsRow
	err := s.reader().Get(ctx, &row, `SELECT d.mdm_device_id, d.invitable, COALESCE(e.enabled, d.mdm_id IS NOT NULL) AS enabled, e.created_at, e.last_seen_at
		FROM devices d LEFT JOIN mdm_enrollments e ON e.id = d.mdm_device_id WHERE d.id = ? AND d.deleted_at IS NULL`, id)
	if err != nil {
		return people.MDMFacts{}, fmt.Errorf("reading device %s: %w", id, orNotFound(err, "Device not found."))
	}
	return people.MDMFacts{
		Known: row.DeviceID != "", Invitable: row.Invitable, Enabled: row.Enabled,
		EnrolledAt: row.CreatedAt.Time, LastSeenAt: row.LastSeenAt.Time,
	}, nil
}
