package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// Bounce ends the invitations by mail that a delivery covers, because a server
// further on gave it up for good. Invitations that were settled, or that a
// push reached too, stay as they are. Fault: not_found for a delivery that
// does not exist.
func (s *Store) Bounce(ctx context.Context, deliveryID, words string) (invitation.Decided, error) {
	var decided invitation.Decided
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		deliveries, err := tx.readDeliveries(ctx, []string{deliveryID})
		if err != nil {
			return err
		}
		if _, known := deliveries[deliveryID]; !known {
			return fault.New(fault.NotFound, "Delivery not found.")
		}
		covered, err := tx.takeCovered(ctx, []string{deliveryID})
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var ids []string
		for _, r := range covered[deliveryID] {
			decided.UserID = r.UserID
			if r.Channel == invitation.ChannelMail {
				ids = append(ids, r.ID)
			}
		}
		_, decided.SettledSends, err = tx.settle(ctx, ids, settlement{State: invitation.Failed, Actor: people.System("bounce"), Words: words, At: now})
		return err
	})
	if err != nil {
		return decided, fmt.Errorf("recording the bounce of delivery %s: %w", deliveryID, err)
	}
	return decided, nil
}
