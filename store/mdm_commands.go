package store

import (
	"context"
	"fmt"
	"time"
)

// MDMQueued is a command in a queue, without what it says.
type MDMQueued struct {
	EnrollmentID string
	UUID         string
	RequestType  string
	// Status is the device's last word on it; empty as long as it said
	// none, Cleared when an enrollment anew has emptied the queue, and
	// Withdrawn when its invitation was over first.
	Status string
	// NotNows counts how often the device put it off.
	NotNows  int
	QueuedAt time.Time
	// EndedAt is zero while it waits.
	EndedAt time.Time
}

type mdmQueuedRow struct {
	EnrollmentID string `db:"enrollment_id"`
	UUID         string `db:"uuid"`
	RequestType  string `db:"request_type"`
	Status       string `db:"status"`
	NotNows      int    `db:"not_nows"`
	QueuedAt     Time   `db:"queued_at"`
	EndedAt      Time   `db:"ended_at"`
}

// Commands lists the latest commands for a device and its users, or for one
// user of it, newest first.
func (m *MDM) Commands(ctx context.Context, id string, limit int) ([]MDMQueued, error) {
	var rows []mdmQueuedRow
	err := m.s.reader().Select(ctx, &rows, `SELECT enrollment_id, uuid, request_type, status, not_nows, queued_at, ended_at
		FROM mdm_commands WHERE enrollment_id IN (`+mdmChannels+`) ORDER BY seq DESC LIMIT ?`, id, id, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the commands of device %s: %w", deviceOf(id), err)
	}
	list := make([]MDMQueued, len(rows))
	for i, r := range rows {
		list[i] = MDMQueued{
			EnrollmentID: r.EnrollmentID, UUID: r.UUID, RequestType: r.RequestType, Status: r.Status,
			NotNows: r.NotNows, QueuedAt: r.QueuedAt.Time, EndedAt: r.EndedAt.Time,
		}
	}
	return list, nil
}

// Purge deletes the commands that ended before a moment with their results,
// and those that wait since before it for who is no longer enrolled. It
// returns how many.
func (m *MDM) Purge(ctx context.Context, before time.Time) (int, error) {
	total := 0
	for _, old := range []string{
		"SELECT enrollment_id, uuid FROM mdm_commands WHERE ended_at < ? ORDER BY ended_at LIMIT ?",
		`SELECT c.enrollment_id, c.uuid FROM mdm_enrollments e JOIN mdm_commands c ON c.enrollment_id = e.id
			WHERE NOT e.enabled AND c.ended_at IS NULL AND c.queued_at < ? LIMIT ?`,
	} {
		n, err := m.s.purge(ctx, purged{table: "mdm_commands", key: "(enrollment_id, uuid)", rows: old}, before)
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}
