package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heraut/people"
)

// loadPush reads the channels of all devices at once.
func loadPush(ctx context.Context, from getter, rows []deviceRow) error {
	at := make(map[string]int, len(rows))
	ids := make([]string, len(rows))
	for i, row := range rows {
		at[row.ID], ids[i] = i, row.ID
	}
	for chunk := range slices.Chunk(ids, maxIn) {
		in, args := inClause("p.device_id", chunk)
		var channels []pushRow
		if err := from.Select(ctx, &channels, "SELECT "+pushColumns+pushJoin+in+" ORDER BY p.device_id, p.kind", args...); err != nil {
			return fmt.Errorf("reading push channels: %w", err)
		}
		for _, channel := range channels {
			row := &rows[at[channel.DeviceID]]
			row.Push = append(row.Push, channel.channel())
		}
	}
	return nil
}

// savePush makes the device's channels those of after. A channel that is as it
// was read stays untouched; any other is a registration of now, which revives
// a token that APNs had found dead.
func savePush(ctx context.Context, tx *Tx, id string, before, after []people.PushChannel, now Time) error {
	for _, old := range before {
		if !slices.ContainsFunc(after, func(p people.PushChannel) bool { return p.Kind == old.Kind }) {
			if _, err := tx.Exec(ctx, "DELETE FROM push_channels WHERE device_id = ? AND kind = ?", id, string(old.Kind)); err != nil {
				return err
			}
		}
	}
	for i := range after {
		if slices.Contains(before, after[i]) {
			continue
		}
		after[i].UpdatedAt, after[i].DeadSince = now.Time, time.Time{}
		if err := putPush(ctx, tx, id, after[i]); err != nil {
			return err
		}
	}
	return nil
}

func putPush(ctx context.Context, tx *Tx, id string, p people.PushChannel) error {
	_, err := tx.Exec(ctx, `INSERT INTO push_channels (device_id, kind, topic, token, push_magic, updated_at)
		VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (device_id, kind) DO UPDATE SET topic = excluded.topic, token = excluded.token,
			push_magic = excluded.push_magic, updated_at = excluded.updated_at, dead_since = NULL`,
		id, string(p.Kind), p.Topic, p.Token, p.PushMagic, At(p.UpdatedAt))
	return err
}

// MarkPushDead records that APNs found a token dead at since. It does nothing
// and returns false when the device has registered again after that time or
// has another token by now: Apple asks to go on sending then.
func (s *Store) MarkPushDead(ctx context.Context, deviceID string, kind people.PushKind, token string, since time.Time) (bool, error) {
	var marked bool
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.Exec(ctx, `UPDATE push_channels SET dead_since = ?
			WHERE device_id = ? AND kind = ? AND token = ? AND dead_since IS NULL AND updated_at <= ?`,
			At(since), deviceID, string(kind), token, At(since))
		marked = n > 0
		if err != nil || !marked {
			return err
		}
		_, err = touch(ctx, tx, "devices", deviceID)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("marking a push channel of device %s dead: %w", deviceID, err)
	}
	return marked, nil
}
