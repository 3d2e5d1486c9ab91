package store

import (
	"context"
	"fmt"

	"heraut/invitation"
	"heraut/people"
)

// requeued says how first deliveries by MDM are repeated.
type requeued struct {
	due     Time
	waiting invitation.WaitingFor
	// what is the line in the timelines of those that a provider took.
	what string
	at   Time
}

// requeue makes first deliveries due again under a new generation, so that
// their commands have other names. What was queued under the old one is
// withdrawn from our queue (see MDM.Next), and may still come from the queue of
// a server elsewhere. Expiry and the days of reminders stay.
func (tx *Tx) requeue(ctx context.Context, ids []string, r requeued) error {
	if len(ids) == 0 {
		return nil
	}
	in, args := inClause("id", ids)
	var taken []string
	err := tx.Select(ctx, &taken, "SELECT id FROM invitations WHERE state <> 'queued' AND "+in+" ORDER BY id", args...)
	if err != nil {
		return fmt.Errorf("reading what was sent: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET generation = generation + 1, pending = 0, due_at = ?, retries = 0, waiting_for = ?
		WHERE settled_at IS NULL AND `+in, append([]any{r.due, string(r.waiting)}, args...)...)
	if err != nil {
		return fmt.Errorf("making invitations due again: %w", err)
	}
	events := make([]eventRow, len(taken))
	for i, id := range taken {
		events[i] = eventRow{InvitationID: id, At: r.at, What: r.what, Channel: invitation.ChannelMDM, Actor: mdmActor().String()}
	}
	return tx.insertEvents(ctx, events)
}

// mdmActor is who acts when a device does.
func mdmActor() people.Actor { return people.System("mdm") }

// standIn lets another channel carry a first delivery that MDM can not bring:
// the reminders count from it.
func standIn(ctx context.Context, tx *Tx, r coveredRow, to invitation.Channel, words string, now Time) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET channel = ?, pending = 0, due_at = ?, retries = 0, taken_at = NULL, waiting_for = '',
		last_answer = CASE WHEN ? = '' THEN last_answer ELSE ? END WHERE id = ? AND settled_at IS NULL`, string(to), now, words, words, r.ID)
	if err != nil {
		return fmt.Errorf("handing invitation %s over to %s: %w", r.ID, to, err)
	}
	return tx.insertEvents(ctx, []eventRow{{InvitationID: r.ID, At: now, What: "channel_changed", Channel: to, Answer: words, Actor: mdmActor().String()}})
}
