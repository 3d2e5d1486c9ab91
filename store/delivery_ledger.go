package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"heraut/invitation"
)

// ledgerRow is a delivery that was claimed before under the same key.
type ledgerRow struct {
	ID             string                   `db:"id"`
	SendKey        string                   `db:"send_key"`
	State          invitation.DeliveryState `db:"state"`
	Unknowns       int                      `db:"unknowns"`
	Answer         string                   `db:"answer"`
	TransmittingAt Time                     `db:"transmitting_at"`
}

func (c *claimer) known(ctx context.Context) (map[string]ledgerRow, error) {
	known := map[string]ledgerRow{}
	for part := range slices.Chunk(c.keys, maxIn) {
		var rows []ledgerRow
		in, args := inClause("send_key", part)
		err := c.tx.Select(ctx, &rows, "SELECT id, send_key, state, unknowns, answer, transmitting_at FROM deliveries WHERE "+in, args...)
		if err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		for _, r := range rows {
			known[r.SendKey] = r
		}
	}
	return known, nil
}

// claim writes new deliveries, takes up those that never left, and decides
// about those whose fate is open.
func (c *claimer) claim(ctx context.Context, known map[string]ledgerRow) ([]invitation.Message, error) {
	var messages []invitation.Message
	var fresh, links [][]any
	for _, key := range c.keys {
		d := c.drafts[key]
		row, seen := known[key]
		if !seen {
			row = ledgerRow{ID: newID(), State: invitation.Claimed}
			m := d.message
			fresh = append(fresh, []any{row.ID, key, m.UserID, d.rows[0].SendID, d.rows[0].Occasion, string(m.Channel), m.Number, string(row.State), c.now})
		}
		for _, r := range d.rows {
			links = append(links, []any{r.ID, row.ID})
		}
		leaves, err := c.resume(ctx, d, row)
		if err != nil {
			return nil, err
		}
		if leaves {
			d.message.DeliveryID = row.ID
			messages = append(messages, d.message)
		}
	}
	return messages, c.insert(ctx, fresh, links)
}

func (c *claimer) insert(ctx context.Context, fresh, links [][]any) error {
	columns := columnList("id, send_key, user_id, send_id, occasion, channel, number, state, claimed_at")
	if _, err := insertRows(ctx, c.tx, "deliveries", columns, fresh, ""); err != nil {
		return fmt.Errorf("claiming deliveries: %w", err)
	}
	_, err := insertRows(ctx, c.tx, "delivery_invitations", columnList("invitation_id, delivery_id"), links, "ON CONFLICT (invitation_id, delivery_id) DO NOTHING")
	if err != nil {
		return fmt.Errorf("linking deliveries: %w", err)
	}
	return nil
}

// resume tells whether a delivery leaves now. What was on the wire when its
// process died: a push is repeated at once, a mail once more after ten
// minutes with the same Message-ID and link.
func (c *claimer) resume(ctx context.Context, d *draft, row ledgerRow) (bool, error) {
	switch row.State {
	case invitation.Claimed:
		return true, nil
	case invitation.Transmitting:
		if d.message.Channel.Push() {
			return true, c.setState(ctx, row.ID, invitation.Claimed, row.Unknowns)
		}
		return false, c.lost(ctx, d, row)
	case invitation.UnknownToUs, invitation.Withdrawn:
		// It is due again, so the wait is over, or its send goes on after all.
		return true, c.setState(ctx, row.ID, invitation.Claimed, row.Unknowns)
	default:
		return false, c.covered(ctx, d, row)
	}
}

// lost notes that nobody knows what became of a mail.
func (c *claimer) lost(ctx context.Context, d *draft, row ledgerRow) error {
	const words = "The process ended while the mail was on the wire; nobody knows whether it was taken."
	if row.Unknowns > 0 {
		if err := c.setState(ctx, row.ID, invitation.UnknownToUs, row.Unknowns+1); err != nil {
			return err
		}
		return c.advance(ctx, d, words)
	}
	if err := c.setState(ctx, row.ID, invitation.UnknownToUs, 1); err != nil {
		return err
	}
	due := At(row.TransmittingAt.Add(invitation.UnknownWait))
	return c.postpone(ctx, d, due, words)
}

func (c *claimer) setState(ctx context.Context, id string, state invitation.DeliveryState, unknowns int) error {
	_, err := c.tx.Exec(ctx, "UPDATE deliveries SET state = ?, unknowns = ?, claimed_at = ? WHERE id = ?", string(state), unknowns, c.now, id)
	if err != nil {
		return fmt.Errorf("moving delivery %s to %s: %w", id, state, err)
	}
	return nil
}

func (c *claimer) postpone(ctx context.Context, d *draft, due Time, words string) error {
	for _, row := range d.rows {
		if err := wait(ctx, c.tx, row.ID, d.message.Number, due, words); err != nil {
			return err
		}
	}
	return nil
}

// covered lets invitations that came late to a mail share its fate: the mail
// for this occasion has left, and a user gets at most one.
func (c *claimer) covered(ctx context.Context, d *draft, row ledgerRow) error {
	return c.advance(ctx, d, row.Answer)
}

func (c *claimer) advance(ctx context.Context, d *draft, words string) error {
	for _, row := range d.rows {
		if err := taken(ctx, c.tx, row.covered(), d.message.Number, words, c.now); err != nil {
			return err
		}
	}
	return nil
}

// retryDelay is the wait before try n+1 of one recipient's delivery: from half
// a minute to an hour.
func retryDelay(retries int) time.Duration {
	return min(30*time.Second<<min(retries, 10), time.Hour)
}
