package store

import (
	"context"
	"fmt"
	"slices"

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
	AnsweredAt     Time                     `db:"answered_at"`
}

func (c *claimer) known(ctx context.Context) (map[string]ledgerRow, error) {
	known := map[string]ledgerRow{}
	for part := range slices.Chunk(c.keys, maxIn) {
		var rows []ledgerRow
		in, args := inClause("send_key", part)
		err := c.tx.Select(ctx, &rows, "SELECT id, send_key, state, unknowns, answer, transmitting_at, answered_at FROM deliveries WHERE "+in, args...)
		if err != nil {
			return nil, fmt.Errorf("reading the ledger: %w", err)
		}
		for _, r := range rows {
			known[r.SendKey] = r
		}
	}
	return known, nil
}

// happened tells that a provider has decided about the delivery, or that it
// counts as taken because nobody will ever know.
func (r ledgerRow) happened() bool {
	return r.State == invitation.TakenByIt || r.State == invitation.RefusedByIt || r.State == invitation.UnknownToUs && r.Unknowns >= maxUnknowns
}

// maxUnknowns is after how many unknown fates a mail counts as sent.
const maxUnknowns = 2

// claim writes new deliveries, takes up those that never left, and decides
// about those whose fate is open.
func (c *claimer) claim(ctx context.Context, known map[string]ledgerRow) ([]invitation.Message, error) {
	var fresh, links [][]any
	var live, past []string
	undecided := map[string]bool{} // invitations for which something is on its way still
	for _, key := range c.keys {
		row, seen := known[key]
		if row.happened() {
			past = append(past, key)
			continue
		}
		live = append(live, key)
		if !seen {
			row = ledgerRow{ID: newID(), State: invitation.Claimed}
			known[key] = row
			fresh = append(fresh, c.drafts[key].values(row, c.now))
		}
		for _, r := range c.drafts[key].rows {
			undecided[r.ID] = true
			links = append(links, []any{r.ID, row.ID})
		}
	}
	if err := c.insert(ctx, fresh, links); err != nil {
		return nil, err
	}
	if err := c.share(ctx, past, known, undecided); err != nil {
		return nil, err
	}
	return c.leaving(ctx, live, known)
}

func (d *draft) values(row ledgerRow, at Time) []any {
	m, first := d.message, d.rows[0]
	return []any{row.ID, m.SendKey, m.UserID, first.SendID, first.Occasion, first.Generation, string(m.Channel), m.Number, string(row.State), at}
}

func (c *claimer) insert(ctx context.Context, fresh, links [][]any) error {
	columns := columnList("id, send_key, user_id, send_id, occasion, generation, channel, number, state, claimed_at")
	if _, err := insertRows(ctx, c.tx, "deliveries", columns, fresh, ""); err != nil {
		return fmt.Errorf("claiming deliveries: %w", err)
	}
	_, err := insertRows(ctx, c.tx, "delivery_invitations", columnList("invitation_id, delivery_id"), links, "ON CONFLICT (invitation_id, delivery_id) DO NOTHING")
	if err != nil {
		return fmt.Errorf("linking deliveries: %w", err)
	}
	return nil
}

// leaving are the messages that leave now.
func (c *claimer) leaving(ctx context.Context, keys []string, known map[string]ledgerRow) ([]invitation.Message, error) {
	var messages []invitation.Message
	for _, key := range keys {
		d, row := c.drafts[key], known[key]
		leaves, err := c.resume(ctx, d, row)
		if err != nil {
			return nil, err
		}
		if leaves {
			d.message.DeliveryID = row.ID
			messages = append(messages, d.message)
		}
	}
	return messages, nil
}

// resume tells whether a delivery leaves now. What was on the wire when its
// process died: a push is repeated at once, a mail once more after ten minutes
// with the same Message-ID and link. What is unknown and due again has waited.
func (c *claimer) resume(ctx context.Context, d *draft, row ledgerRow) (bool, error) {
	switch {
	case row.State == invitation.Claimed && row.AnsweredAt.IsZero():
		return true, nil
	case row.State == invitation.Transmitting && !d.message.Channel.Push():
		return false, c.lost(ctx, d, row)
	}
	_, err := c.tx.Exec(ctx, "UPDATE deliveries SET state = 'claimed', claimed_at = ?, answered_at = NULL WHERE id = ?", c.now, row.ID)
	if err != nil {
		return false, fmt.Errorf("claiming delivery %s again: %w", row.ID, err)
	}
	return true, nil
}
