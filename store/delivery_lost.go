package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

// lostWords stand in the place of a provider's answer that nobody heard.
const lostWords = "The process ended while the mail was on the wire; nobody knows whether it was taken."

// lost records that nobody knows what became of a mail: as if a provider's
// answer had said so at the moment it was on the wire.
func (c *claimer) lost(ctx context.Context, d *draft, row ledgerRow) error {
	deliveries, err := c.tx.readDeliveries(ctx, []string{row.ID})
	if err != nil {
		return err
	}
	covered, err := c.tx.takeCovered(ctx, []string{row.ID})
	if err != nil {
		return err
	}
	rec := recorder{tx: c.tx, now: c.now, unknownSince: row.TransmittingAt}
	o := invitation.Outcome{Class: invitation.Unknown, Answer: lostWords}
	if row.Unknowns+1 >= maxUnknowns {
		if err := c.tx.markInvited(ctx, []string{d.message.UserID}, c.now); err != nil {
			return err
		}
	}
	return rec.result(ctx, deliveries[row.ID], covered[row.ID], o)
}

// share lets invitations share the fate of deliveries that happened before: the
// mail for this occasion has left, and a user gets at most one. An invitation
// for which something else is on its way waits for that.
func (c *claimer) share(ctx context.Context, keys []string, known map[string]ledgerRow, undecided map[string]bool) error {
	for _, key := range keys {
		for _, row := range c.drafts[key].rows {
			if undecided[row.ID] {
				continue
			}
			if err := c.shareOne(ctx, row, known[key]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *claimer) shareOne(ctx context.Context, row dueRow, ledger ledgerRow) error {
	n, err := c.tx.Exec(ctx, "INSERT INTO delivery_invitations (invitation_id, delivery_id) VALUES (?, ?) ON CONFLICT (invitation_id, delivery_id) DO NOTHING",
		row.ID, ledger.ID)
	if err != nil {
		return fmt.Errorf("linking delivery %s: %w", ledger.ID, err)
	}
	counted := n == 0
	switch {
	case counted && row.Pending > 0:
		return moveOn(ctx, c.tx, row.covered(), row.Pending)
	case ledger.State == invitation.RefusedByIt:
		return refused(ctx, c.tx, row.covered(), row.Pending, ledger.Answer, c.now)
	}
	return taken(ctx, c.tx, row.covered(), row.Pending, ledger.Answer, c.now)
}
