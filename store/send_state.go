package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// PauseSend lets no further first delivery, retry or reminder of a send
// leave; answers and expiry go on. Pausing twice is no fault. Faults:
// not_found, send_settled for a send that is over.
func (s *Store) PauseSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error) {
	return s.moveSend(ctx, actor, id, invitation.SendPaused, "send.pause")
}

// ResumeSend lets a paused send go on. Resuming twice is no fault.
func (s *Store) ResumeSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error) {
	return s.moveSend(ctx, actor, id, invitation.SendRunning, "send.resume")
}

func (s *Store) moveSend(ctx context.Context, actor people.Actor, id string, to invitation.SendState, action string) (invitation.Send, error) {
	var send invitation.Send
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := tx.liveSend(ctx, id)
		if err != nil {
			return err
		}
		if row.State != to {
			if err := tx.setSendState(ctx, id, to); err != nil {
				return err
			}
			tx.audit(actor, change{Action: action, Kind: "send", ID: id, Was: stateDoc{row.State}, Became: stateDoc{to}})
		}
		send, err = getSend(ctx, tx, id)
		return err
	})
	if err != nil {
		return send, fmt.Errorf("moving send %s to %s: %w", id, to, err)
	}
	return send, nil
}

func (tx *Tx) setSendState(ctx context.Context, id string, to invitation.SendState) error {
	var resumed Time
	if to == invitation.SendRunning {
		var err error
		if resumed, err = tx.Now(ctx); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, "UPDATE sends SET state = ?, resumed_at = COALESCE(?, resumed_at) WHERE id = ?", string(to), resumed, id)
	if err != nil {
		return fmt.Errorf("changing its state: %w", err)
	}
	return nil
}

// liveSend locks and reads a send that is not over.
func (tx *Tx) liveSend(ctx context.Context, id string) (sendRow, error) {
	if err := tx.lock(ctx, "sends", []string{id}); err != nil {
		return sendRow{}, err
	}
	row, err := readSend(ctx, tx, id)
	if err != nil {
		return row, err
	}
	if row.State == invitation.SendSettled || row.State == invitation.SendCancelled {
		return row, fault.New(fault.SendSettled, fmt.Sprintf("The send is %s already.", row.State))
	}
	return row, nil
}

// CancelSend settles what of a send is open and belongs to no other running
// send, and writes no further page. A message on the wire goes out. Faults:
// not_found, send_settled for a send that is over.
func (s *Store) CancelSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error) {
	var send invitation.Send
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		// Invitations come before sends: an answer waits for its send.
		if err := tx.lockOpen(ctx, id); err != nil {
			return err
		}
		row, err := tx.liveSend(ctx, id)
		if err != nil {
			return err
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		// The state first: settling the last invitation would call it settled.
		_, err = tx.Exec(ctx, "UPDATE sends SET state = 'cancelled', settled_at = ? WHERE id = ?", now, id)
		if err != nil {
			return fmt.Errorf("marking it cancelled: %w", err)
		}
		if err := tx.cancelOwn(ctx, actor, id, now); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "send.cancel", Kind: "send", ID: id, Was: stateDoc{row.State}, Became: stateDoc{invitation.SendCancelled}})
		send, err = getSend(ctx, tx, id)
		return err
	})
	if err != nil {
		return send, fmt.Errorf("cancelling send %s: %w", id, err)
	}
	return send, nil
}

// lockOpen takes the open invitations of a send.
func (tx *Tx) lockOpen(ctx context.Context, id string) error {
	if tx.store.kind == SQLite {
		return nil
	}
	_, err := tx.Exec(ctx, `SELECT 1 FROM send_invitations si JOIN invitations i ON i.id = si.invitation_id
		WHERE si.send_id = ? AND i.settled_at IS NULL ORDER BY i.id FOR NO KEY UPDATE OF i`, id)
	if err != nil {
		return fmt.Errorf("locking its invitations: %w", err)
	}
	return nil
}

// cancelOwn cancels the open invitations that no other running send holds.
// Those that another holds go on for it.
func (tx *Tx) cancelOwn(ctx context.Context, actor people.Actor, id string, now Time) error {
	const others = ` (SELECT o.send_id FROM send_invitations o JOIN sends s ON s.id = o.send_id
		WHERE o.invitation_id = i.id AND o.send_id <> ? AND s.state IN ('running', 'paused') ORDER BY o.send_id DESC LIMIT 1)`
	var ids []string
	err := tx.Select(ctx, &ids, `SELECT i.id FROM send_invitations si JOIN invitations i ON i.id = si.invitation_id
		WHERE si.send_id = ? AND i.settled_at IS NULL AND NOT EXISTS`+others+" ORDER BY i.id", id, id)
	if err != nil {
		return fmt.Errorf("reading its invitations: %w", err)
	}
	_, err = tx.Exec(ctx, "UPDATE invitations AS i SET send_id ="+others+" WHERE i.send_id = ? AND i.settled_at IS NULL AND EXISTS"+others, id, id, id)
	if err != nil {
		return fmt.Errorf("leaving shared invitations to the other sends: %w", err)
	}
	_, _, err = tx.settle(ctx, ids, settlement{State: invitation.Cancelled, Actor: actor, Words: string(invitation.CancelledByOperator), At: now})
	return err
}

// SendHalt tells whether a send stands still, and why.
func (s *Store) SendHalt(ctx context.Context, id string) (invitation.Halt, error) {
	row, err := readSend(ctx, s.reader(), id)
	return row.halt(), err
}
