package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

// eventRow is one line of an invitation's timeline that no delivery tells.
type eventRow struct {
	InvitationID string
	At           Time
	What         string
	Channel      invitation.Channel
	Answer       string
	Actor        string
}

func (tx *Tx) insertEvents(ctx context.Context, events []eventRow) error {
	rows := make([][]any, len(events))
	for i, e := range events {
		rows[i] = []any{newID(), e.InvitationID, e.At, e.What, string(e.Channel), e.Answer, e.Actor}
	}
	_, err := insertRows(ctx, tx, "invitation_events", columnList("id, invitation_id, at, what, channel, answer, actor"), rows, "")
	if err != nil {
		return fmt.Errorf("writing a timeline: %w", err)
	}
	return nil
}

// settlement is the end of open invitations.
type settlement struct {
	State invitation.State
	Actor people.Actor
	// Words is the reason, or the provider's last words.
	Words string
	At    Time
	// Source tells how an acceptance or refusal was learned; empty otherwise.
	Source invitation.Source
}

// settle ends those of the invitations that are open, writes their timeline and
// lowers the open counts of every send that holds them. What is past its expiry
// becomes expired, whatever s says: the clock was first. It returns the ids
// that it settled and the group sends that are over by it.
func (tx *Tx) settle(ctx context.Context, ids []string, s settlement) (settled, over []string, err error) {
	for part := range slices.Chunk(ids, maxIn) {
		some, err := tx.settleSome(ctx, part, s)
		if err != nil {
			return nil, nil, err
		}
		settled = append(settled, some...)
	}
	if len(settled) == 0 {
		return nil, nil, nil
	}
	over, err = tx.lowerOpen(ctx, settled, s.At)
	return settled, over, err
}

func (tx *Tx) settleSome(ctx context.Context, ids []string, s settlement) ([]string, error) {
	if err := tx.lock(ctx, "invitations", ids); err != nil {
		return nil, err
	}
	past, err := tx.settleWhere(ctx, ids, "expires_at <= ?", settlement{State: invitation.Expired, Actor: people.System("expiry"), At: s.At})
	if err != nil || len(past) == len(ids) || s.State == invitation.Expired {
		return past, err
	}
	settled, err := tx.settleWhere(ctx, ids, "expires_at > ?", s)
	return append(past, settled...), err
}

// settleWhere settles those that are open and meet a condition on s.At.
func (tx *Tx) settleWhere(ctx context.Context, ids []string, condition string, s settlement) ([]string, error) {
	answered := Time{}
	if s.Source != "" {
		answered = s.At
	}
	in, args := inClause("id", ids)
	args = append([]any{string(s.State), s.At, answered, string(s.Source), JSON[people.Actor]{s.Actor}, s.Words, s.Words, s.At}, args...)
	var settled []string
	err := tx.Select(ctx, &settled, `UPDATE invitations SET state = ?, settled_at = ?, answered_at = ?, source = ?, actor = ?,
		last_answer = CASE WHEN ? = '' THEN last_answer ELSE ? END, pending = NULL, due_at = NULL, waiting_for = ''
		WHERE settled_at IS NULL AND `+condition+" AND "+in+" RETURNING id", args...)
	if err != nil {
		return nil, fmt.Errorf("settling: %w", err)
	}
	events := make([]eventRow, len(settled))
	for i, id := range settled {
		events[i] = eventRow{InvitationID: id, At: s.At, What: string(s.State), Answer: s.Words, Actor: s.Actor.String()}
	}
	return settled, tx.insertEvents(ctx, events)
}

// lowerOpen takes settled invitations off the open counts of their sends.
func (tx *Tx) lowerOpen(ctx context.Context, settled []string, at Time) ([]string, error) {
	lower := map[string]int{}
	for part := range slices.Chunk(settled, maxIn) {
		var counts []struct {
			SendID string `db:"send_id"`
			N      int    `db:"n"`
		}
		in, args := inClause("invitation_id", part)
		err := tx.Select(ctx, &counts, "SELECT send_id, COUNT(*) AS n FROM send_invitations WHERE "+in+" GROUP BY send_id", args...)
		if err != nil {
			return nil, fmt.Errorf("counting settled invitations: %w", err)
		}
		for _, c := range counts {
			lower[c.SendID] += c.N
		}
	}
	return tx.closeSends(ctx, lower, at)
}

// closeSends lowers open counts, in the order of ids so that no two
// transactions wait for each other, and settles the sends that reach zero. It
// returns those of them that are for a group.
func (tx *Tx) closeSends(ctx context.Context, lower map[string]int, at Time) ([]string, error) {
	var over []string
	for _, id := range slices.Sorted(maps.Keys(lower)) {
		var send struct {
			Open    int  `db:"open"`
			GroupID Text `db:"group_id"`
		}
		if err := tx.Get(ctx, &send, "UPDATE sends SET open = open - ? WHERE id = ? RETURNING open, group_id", lower[id], id); err != nil {
			return nil, fmt.Errorf("lowering the open count of send %s: %w", id, err)
		}
		if send.Open > 0 {
			continue
		}
		settled, err := tx.closeSend(ctx, id, at)
		if err != nil {
			return nil, err
		}
		if settled && send.GroupID != "" {
			over = append(over, id)
		}
	}
	return over, nil
}

// closeSend settles a send whose last invitation is settled, and keeps its
// counts.
func (tx *Tx) closeSend(ctx context.Context, id string, at Time) (bool, error) {
	n, err := tx.Exec(ctx, "UPDATE sends SET state = 'settled', settled_at = ? WHERE id = ? AND state IN ('running', 'paused')", at, id)
	if err != nil {
		return false, fmt.Errorf("settling send %s: %w", id, err)
	}
	if n == 0 {
		return false, nil
	}
	send, err := getSend(ctx, tx, id)
	if err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, "UPDATE sends SET counts = ? WHERE id = ?", JSON[map[invitation.State]int]{send.Counts}, id)
	if err != nil {
		return false, fmt.Errorf("keeping the counts of send %s: %w", id, err)
	}
	return true, nil
}
