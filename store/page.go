package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// WritePage writes the invitations of the page of a group send that begins at
// target from. A page that was written before is only named again.
func (s *Store) WritePage(ctx context.Context, sendID string, from, size int) (invitation.Page, error) {
	var page invitation.Page
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		page, err = s.writePage(ctx, tx, sendID, from, size)
		return err
	})
	if err != nil {
		return page, fmt.Errorf("writing a page of send %s: %w", sendID, err)
	}
	return page, nil
}

func (s *Store) writePage(ctx context.Context, tx *Tx, sendID string, from, size int) (invitation.Page, error) {
	send, err := readSend(ctx, tx, sendID)
	if err != nil {
		return invitation.Page{}, err
	}
	next, err := pageEnd(ctx, tx, send, from, size)
	if err != nil {
		return invitation.Page{}, err
	}
	w := pageWriter{store: s, tx: tx}
	// What was written before stays as it is.
	if err := w.read(ctx, send, send.Written, next); err != nil {
		return invitation.Page{}, err
	}
	// Only now that the users are taken may the send be.
	if err := tx.lock(ctx, "sends", []string{sendID}); err != nil {
		return invitation.Page{}, err
	}
	before := send.Written
	if send, err = readSend(ctx, tx, sendID); err != nil {
		return invitation.Page{}, err
	}
	page := invitation.Page{Next: next, Last: next >= send.Total, Halt: send.halt()}
	if send.Written >= next || page.Halt != invitation.HaltNone {
		return page, nil
	}
	if send.Written != before {
		return page, busy(errLost) // another page was written meanwhile
	}
	w.send = send
	return page, w.write(ctx, next)
}

// pageEnd is where the page ends: about size targets on, never between two
// targets of one user.
func pageEnd(ctx context.Context, from getter, send sendRow, start, size int) (int, error) {
	if start+size >= send.Total {
		return send.Total, nil
	}
	var end int
	err := from.Get(ctx, &end, `SELECT COALESCE(MIN(seq), ?) FROM plan_targets WHERE plan_id = ? AND seq >= ?
		AND user_id <> (SELECT user_id FROM plan_targets WHERE plan_id = ? AND seq = ?)`,
		send.Total, send.PlanID, start+size, send.PlanID, start+size-1)
	if err != nil {
		return 0, fmt.Errorf("finding the end of a page: %w", err)
	}
	return end, nil
}

// pageWriter turns targets into invitations: new ones, further attempts of
// open ones, and cancelled ones where a target no longer holds.
type pageWriter struct {
	store *Store
	tx    *Tx
	send  sendRow
	plan  invitation.Plan
	now   Time
	rows  []targetRow

	fresh   [][]any
	links   [][]any // send_invitations
	events  []eventRow
	reached []string // users who are invited
	settled int
}

// read takes the users of targets, so that two sends can not both see that
// nothing is open for one.
func (w *pageWriter) read(ctx context.Context, send sendRow, from, to int) error {
	err := w.tx.Select(ctx, &w.rows, "SELECT "+targetColumns+" FROM plan_targets WHERE plan_id = ? AND seq >= ? AND seq < ? ORDER BY seq", send.PlanID, from, to)
	if err != nil {
		return fmt.Errorf("reading targets: %w", err)
	}
	return w.tx.lock(ctx, "users", usersOf(w.rows))
}

func (w *pageWriter) write(ctx context.Context, to int) error {
	var err error
	if w.plan, err = getPlan(ctx, w.tx, w.send.PlanID); err != nil {
		return err
	}
	if w.now, err = w.tx.Now(ctx); err != nil {
		return err
	}
	for part := range slices.Chunk(w.rows, maxIn) {
		if err := w.part(ctx, part); err != nil {
			return err
		}
	}
	_, err = w.tx.Exec(ctx, "UPDATE sends SET written = ? WHERE id = ?", to, w.send.ID)
	if err != nil {
		return fmt.Errorf("moving a send on: %w", err)
	}
	_, err = w.tx.closeSends(ctx, map[string]int{w.send.ID: w.settled}, w.now)
	return err
}

func (w *pageWriter) part(ctx context.Context, rows []targetRow) error {
	users := usersOf(rows)
	w.fresh, w.links, w.events, w.reached = nil, nil, nil, nil
	holds, err := w.check(ctx, users)
	if err != nil {
		return err
	}
	open, err := openOf(ctx, w.tx, users, w.now)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := w.target(ctx, row.target(), row.Seq, holds, open); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

func usersOf(rows []targetRow) []string {
	var users []string
	for _, r := range rows {
		if len(users) == 0 || users[len(users)-1] != r.UserID {
			users = append(users, r.UserID)
		}
	}
	return users
}

// target writes one target.
func (w *pageWriter) target(ctx context.Context, t invitation.Target, seq int, holds present, open map[openKey]openRow) error {
	if reason := holds.reason(t); reason != "" {
		w.cancelled(t, reason)
		return nil
	}
	w.reached = append(w.reached, t.UserID)
	if old, isOpen := open[openKey{t.UserID, t.DeviceID}]; isOpen {
		return w.again(ctx, t, seq, old)
	}
	w.add(t, invitation.Queued, Time{}, "")
	return nil
}

func (w *pageWriter) add(t invitation.Target, state invitation.State, settled Time, words string) {
	expires := At(w.now.Add(w.send.Schedule.V.ExpiresAfter))
	pending, due := any(0), any(w.now)
	if !settled.IsZero() {
		pending, due = nil, nil
	}
	w.fresh = append(w.fresh, []any{
		t.InvitationID, t.UserID, Text(t.DeviceID), string(t.Channel), string(state), w.send.ID, w.send.ID,
		w.store.linkHash(t.InvitationID), pending, due, words, expires, w.now, settled,
	})
	w.links = append(w.links, []any{w.send.ID, t.InvitationID})
}

const freshColumns = "id, user_id, device_id, channel, state, send_id, occasion, link_hash, pending, due_at, last_answer, expires_at, created_at, settled_at"

// cancelled writes a target that no longer holds, so that the counts still sum
// to the plan and a person can see why.
func (w *pageWriter) cancelled(t invitation.Target, reason invitation.Reason) {
	w.add(t, invitation.Cancelled, w.now, string(reason))
	w.settled++
	w.events = append(w.events, eventRow{
		InvitationID: t.InvitationID, At: w.now, What: "cancelled", Channel: t.Channel,
		Answer: string(reason), Actor: people.System("send").String(),
	})
}

// again makes the send another attempt of an open invitation: expiry and
// reminders begin anew; a first delivery that nobody claimed is joined.
func (w *pageWriter) again(ctx context.Context, t invitation.Target, seq int, old openRow) error {
	expires := At(w.now.Add(w.send.Schedule.V.ExpiresAfter))
	_, err := w.tx.Exec(ctx, `UPDATE invitations SET send_id = ?, occasion = ?, channel = ?, pending = 0, due_at = ?, retries = 0,
		taken_at = NULL, waiting_for = '', expires_at = ?, reminders_stopped = FALSE WHERE id = ? AND settled_at IS NULL`,
		w.send.ID, w.send.ID, string(t.Channel), w.now, expires, old.ID)
	if err != nil {
		return fmt.Errorf("inviting again: %w", err)
	}
	if _, err := w.tx.Exec(ctx, "UPDATE plan_targets SET invitation_id = ? WHERE plan_id = ? AND seq = ?", old.ID, w.send.PlanID, seq); err != nil {
		return fmt.Errorf("joining an open invitation: %w", err)
	}
	w.links = append(w.links, []any{w.send.ID, old.ID})
	w.events = append(w.events, eventRow{InvitationID: old.ID, At: w.now, What: "invited_again", Channel: t.Channel})
	return nil
}

func (w *pageWriter) flush(ctx context.Context) error {
	if _, err := insertRows(ctx, w.tx, "invitations", columnList(freshColumns), w.fresh, ""); err != nil {
		return fmt.Errorf("writing invitations: %w", err)
	}
	if _, err := insertRows(ctx, w.tx, "send_invitations", []string{"send_id", "invitation_id"}, w.links, "ON CONFLICT (send_id, invitation_id) DO NOTHING"); err != nil {
		return fmt.Errorf("writing a send's invitations: %w", err)
	}
	if err := unmark(ctx, w.tx, w.reached); err != nil {
		return err
	}
	return w.tx.insertEvents(ctx, w.events)
}
