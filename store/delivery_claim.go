package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// ClaimPage claims what is due on the targets [from, to) of a send.
func (s *Store) ClaimPage(ctx context.Context, sendID string, from, to int) (invitation.Claim, error) {
	var claim invitation.Claim
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		send, err := readSend(ctx, tx, sendID)
		if err != nil {
			return err
		}
		claim = invitation.Claim{Halt: send.halt()}
		if claim.Halt != invitation.HaltNone {
			return nil
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := duePage(ctx, tx, send, from, to, now)
		if err != nil {
			return err
		}
		claim.Messages, err = claimRows(ctx, tx, rows, now)
		return err
	})
	if err != nil {
		return claim, fmt.Errorf("claiming targets %d to %d of send %s: %w", from, to, sendID, err)
	}
	return claim, nil
}

// ClaimUser claims what is due for a user's open invitations; with nothing
// due it tells what comes next.
func (s *Store) ClaimUser(ctx context.Context, userID string) (invitation.Claim, error) {
	var claim invitation.Claim
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		claim = invitation.Claim{}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		rows, err := dueUser(ctx, tx, userID, now)
		if err != nil {
			return err
		}
		if claim.Messages, err = claimRows(ctx, tx, rows, now); err != nil || len(claim.Messages) > 0 {
			return err
		}
		claim.Next, err = nextFor(ctx, tx, userID, now)
		return err
	})
	if err != nil {
		return claim, fmt.Errorf("claiming for user %s: %w", userID, err)
	}
	return claim, nil
}

// claimer gathers the deliveries of due invitations by send key.
type claimer struct {
	tx  *Tx
	now Time

	keys   []string
	drafts map[string]*draft
	gone   map[invitation.Reason][]string // invitations that may not, or can not, leave any more
	skip   []dueRow                       // reminders that no channel can carry
	turned []dueRow                       // first deliveries that leave on another channel than planned
}

type draft struct {
	message invitation.Message
	rows    []dueRow
}

func claimRows(ctx context.Context, tx *Tx, rows []dueRow, at Time) ([]invitation.Message, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	c := claimer{tx: tx, now: at, drafts: map[string]*draft{}, gone: map[invitation.Reason][]string{}}
	holds, err := usersNow(ctx, tx, usersDue(rows))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if reason := holds.reason(row.target()); reason != "" {
			c.gone[reason] = append(c.gone[reason], row.ID)
			continue
		}
		c.add(row)
	}
	if err := c.settleGone(ctx); err != nil {
		return nil, err
	}
	if err := c.turn(ctx); err != nil {
		return nil, err
	}
	known, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	return c.claim(ctx, known)
}

func usersDue(rows []dueRow) []string {
	users := make([]string, len(rows))
	for i, row := range rows {
		users[i] = row.UserID
	}
	slices.Sort(users)
	return slices.Compact(users)
}

func (c *claimer) add(row dueRow) {
	channels := row.channels()
	switch {
	case len(channels) == 0 && row.Pending == 0:
		reason := row.unreachable()
		c.gone[reason] = append(c.gone[reason], row.ID)
	case len(channels) == 0:
		c.skip = append(c.skip, row)
	case row.Pending == 0 && channels[0] != row.Channel:
		row.Channel = channels[0]
		c.turned = append(c.turned, row)
	}
	for _, channel := range channels {
		key := row.sendKey(channel)
		d := c.drafts[key]
		if d == nil {
			d = &draft{message: row.message(channel)}
			c.drafts[key] = d
			c.keys = append(c.keys, key)
		} else {
			d.message.Devices = append(d.message.Devices, row.deviceNames()...)
		}
		d.rows = append(d.rows, row)
	}
}

// settleGone cancels what no longer holds or has no way to leave, and moves on
// from reminders that have none.
func (c *claimer) settleGone(ctx context.Context) error {
	for _, reason := range slices.Sorted(maps.Keys(c.gone)) {
		_, _, err := c.tx.settle(ctx, c.gone[reason], settlement{
			State: invitation.Cancelled, Actor: people.System("delivery"), Words: string(reason), At: c.now,
		})
		if err != nil {
			return err
		}
	}
	for _, row := range c.skip {
		if err := moveOn(ctx, c.tx, row.covered(), row.Pending); err != nil {
			return err
		}
	}
	return nil
}

// turn notes that first deliveries leave on another channel than planned.
func (c *claimer) turn(ctx context.Context) error {
	events := make([]eventRow, len(c.turned))
	for i, row := range c.turned {
		if _, err := c.tx.Exec(ctx, "UPDATE invitations SET channel = ? WHERE id = ?", string(row.Channel), row.ID); err != nil {
			return fmt.Errorf("turning invitation %s to another channel: %w", row.ID, err)
		}
		events[i] = eventRow{InvitationID: row.ID, At: c.now, What: "channel_changed", Channel: row.Channel, Actor: people.System("delivery").String()}
	}
	return c.tx.insertEvents(ctx, events)
}
