package store

import (
	"context"
	"fmt"

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
	stuck  []dueRow // first deliveries that no channel can carry
	skip   []dueRow // reminders that no channel can carry
}

type draft struct {
	message invitation.Message
	rows    []dueRow
}

func claimRows(ctx context.Context, tx *Tx, rows []dueRow, now Time) ([]invitation.Message, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	c := claimer{tx: tx, now: now, drafts: map[string]*draft{}}
	for _, row := range rows {
		c.add(row)
	}
	if err := c.dropStuck(ctx); err != nil {
		return nil, err
	}
	known, err := c.known(ctx)
	if err != nil {
		return nil, err
	}
	return c.claim(ctx, known)
}

func (c *claimer) add(row dueRow) {
	channels := row.channels()
	switch {
	case len(channels) == 0 && row.Pending == 0:
		c.stuck = append(c.stuck, row)
	case len(channels) == 0:
		c.skip = append(c.skip, row)
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

// dropStuck cancels first deliveries that have no way to leave any more, and
// moves on from reminders that have none.
func (c *claimer) dropStuck(ctx context.Context) error {
	ids := make([]string, len(c.stuck))
	for i, row := range c.stuck {
		ids[i] = row.ID
	}
	_, _, err := c.tx.settle(ctx, ids, settlement{
		State: invitation.Cancelled, Actor: people.System("delivery"), Words: string(invitation.NoChannel), At: c.now,
	})
	if err != nil {
		return err
	}
	for _, row := range c.skip {
		if err := moveOn(ctx, c.tx, row.covered(), row.Pending); err != nil {
			return err
		}
	}
	return nil
}
