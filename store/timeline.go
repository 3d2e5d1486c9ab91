package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

type timelineRow struct {
	At      Time               `db:"at"`
	What    string             `db:"what"`
	Channel invitation.Channel `db:"channel"`
	Answer  string             `db:"answer"`
	Actor   string             `db:"actor"`
}

// Timeline tells an invitation's life, oldest first: when it was made, each
// delivery with the provider's answer, and what people and Heraut did to it.
func (s *Store) Timeline(ctx context.Context, id string) ([]invitation.Event, error) {
	var rows []timelineRow
	err := s.reader().Select(ctx, &rows, `SELECT at, what, channel, answer, actor FROM (
		SELECT created_at AS at, 'created' AS what, channel, '' AS answer, '' AS actor, 0 AS rank, id FROM invitations WHERE id = ?
		UNION ALL SELECT COALESCE(d.answered_at, d.transmitting_at, d.claimed_at),
			CASE WHEN d.number = 0 THEN 'delivery_' ELSE 'reminder_' END || d.state, d.channel, d.answer, '', 1, d.id
			FROM delivery_invitations di JOIN deliveries d ON d.id = di.delivery_id WHERE di.invitation_id = ?
		UNION ALL SELECT at, what, channel, answer, actor, 2, id FROM invitation_events WHERE invitation_id = ?
		) AS life ORDER BY at, rank, id`, id, id, id)
	if err != nil {
		return nil, fmt.Errorf("reading the timeline of invitation %s: %w", id, err)
	}
	events := make([]invitation.Event, len(rows))
	for i, r := range rows {
		events[i] = invitation.Event{At: r.At.Time, What: r.What, Channel: r.Channel, Answer: r.Answer, Actor: r.Actor}
	}
	return events, nil
}

type viewRow struct {
	ID        string           `db:"id"`
	UserID    string           `db:"user_id"`
	FullName  string           `db:"full_name"`
	Language  string           `db:"language"`
	State     invitation.State `db:"state"`
	ExpiresAt Time             `db:"expires_at"`
	SettledAt Time             `db:"settled_at"`
	Asked     bool             `db:"new_link_asked"`
	Stopped   bool             `db:"reminders_stopped"`
}

// ByLink returns what an invited person sees, by the hash of the link's
// token; not_found when no invitation has it.
func (s *Store) ByLink(ctx context.Context, hash []byte) (invitation.View, error) {
	var view invitation.View
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		var row viewRow
		err := tx.Get(ctx, &row, `SELECT i.id, i.user_id, u.full_name, u.language, i.state, i.expires_at, i.settled_at, i.new_link_asked, i.reminders_stopped
			FROM invitations i JOIN users u ON u.id = i.user_id WHERE i.link_hash = ?`, hash)
		if err != nil {
			return orNotFound(err, "Invitation not found.")
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		view = row.view(now)
		err = tx.Select(ctx, &view.Devices, `SELECT DISTINCT d.name FROM invitations i JOIN devices d ON d.id = i.device_id
			WHERE i.user_id = ? AND (i.settled_at IS NULL OR i.id = ?) ORDER BY d.name`, row.UserID, row.ID)
		return err
	})
	if err != nil {
		return view, fmt.Errorf("reading an invitation by its link: %w", err)
	}
	return view, nil
}

func (r viewRow) view(now Time) invitation.View {
	v := invitation.View{
		ID: r.ID, UserID: r.UserID, FullName: r.FullName, Language: r.Language, State: r.State,
		ExpiresAt: r.ExpiresAt.Time, SettledAt: r.SettledAt.Time, NewLinkAsked: r.Asked, RemindersStopped: r.Stopped,
	}
	if v.State.Open() && !now.Before(v.ExpiresAt) {
		v.State, v.SettledAt = invitation.Expired, v.ExpiresAt
	}
	return v
}
