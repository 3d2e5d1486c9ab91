package store

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// DeviceLeft marks the mdm channel of a device dead: the device checked out, or
// its MDM server knows that it is gone. The id is that of any of its channels
// that invitations depend on. Under auto another channel stands in for what was
// not shown. An enrollment that nobody knows is no error, nor one whose channel
// was renewed after at; zero: now.
func (s *Store) DeviceLeft(ctx context.Context, enrollmentID string, at time.Time) (invitation.Woken, error) {
	woken, err := s.loseDevice(ctx, lostDevice{enrollmentID, at, "The device left the MDM server.", true})
	if err != nil {
		return invitation.Woken{}, fmt.Errorf("noting that a device left MDM: %w", err)
	}
	return woken, nil
}

// WakeFailed is DeviceLeft for a device whose push token APNs found dead when
// it was woken again, with APNs' time and words.
func (s *Store) WakeFailed(ctx context.Context, enrollmentID string, since time.Time, words string) (invitation.Woken, error) {
	woken, err := s.loseDevice(ctx, lostDevice{enrollmentID, since, words, false})
	if err != nil {
		return invitation.Woken{}, fmt.Errorf("noting that a device can not be woken: %w", err)
	}
	return woken, nil
}

// lostDevice is what is known of a device that can not be woken any more.
type lostDevice struct {
	enrollmentID string
	at           time.Time
	words        string
	// told: the device said so, and the audit log keeps it.
	told bool
}

func (s *Store) loseDevice(ctx context.Context, l lostDevice) (invitation.Woken, error) {
	var woken invitation.Woken
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		woken = invitation.Woken{}
		row, err := mdmDevice(ctx, tx, l.enrollmentID)
		if err != nil || !row.live() {
			return err
		}
		since, err := tx.toldAt(ctx, l.at)
		if err != nil || since.Before(row.RenewedAt.Time) {
			return err
		}
		_, err = tx.Exec(ctx, "UPDATE push_channels SET dead_since = ? WHERE device_id = ? AND kind = 'mdm' AND dead_since IS NULL", since, row.ID)
		if err == nil {
			_, err = touch(ctx, tx, "devices", row.ID)
		}
		if err != nil {
			return fmt.Errorf("marking its channel dead: %w", err)
		}
		if l.told {
			tx.audit(mdmActor(), change{Action: "device.leave", Kind: "device", ID: row.ID, Was: pushDoc{string(people.PushMDM), string(row.Topic)}})
		}
		woken.Users, err = tx.standInFor(ctx, row.ID, l.words)
		return err
	})
	return woken, err
}

// standInFor lets other channels carry what a device will not be shown; words
// tell why.
func (tx *Tx) standInFor(ctx context.Context, deviceID, words string) ([]string, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return nil, err
	}
	var rows []coveredRow
	err = tx.Select(ctx, &rows, "SELECT "+coveredColumns+" FROM invitations i"+coveredJoins+
		"i.device_id = ? AND i.settled_at IS NULL AND i.channel = 'mdm' AND i.state IN ('queued', 'sent') ORDER BY i.id"+tx.forUpdate("i"), deviceID)
	if err != nil {
		return nil, fmt.Errorf("reading its invitations: %w", err)
	}
	var users []string
	for _, r := range rows {
		to := r.ways().Instead()
		if to == "" {
			continue
		}
		if err := standIn(ctx, tx, r, to, words, now); err != nil {
			return nil, err
		}
		users = append(users, r.UserID)
	}
	return users, nil
}
