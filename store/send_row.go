package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

const sendColumns = "id, plan_id, user_id, group_id, policy, schedule, state, total, written, open, workflow_id, created_at, settled_at, counts"

type sendRow struct {
	ID         string                    `db:"id"`
	PlanID     string                    `db:"plan_id"`
	UserID     Text                      `db:"user_id"`
	GroupID    Text                      `db:"group_id"`
	Policy     invitation.Policy         `db:"policy"`
	Schedule   JSON[invitation.Schedule] `db:"schedule"`
	State      invitation.SendState      `db:"state"`
	Total      int                       `db:"total"`
	Written    int                       `db:"written"`
	Open       int                       `db:"open"`
	WorkflowID string                    `db:"workflow_id"`
	CreatedAt  Time                      `db:"created_at"`
	SettledAt  Time                      `db:"settled_at"`
	// Counts is kept once the send is settled; see countStates.
	Counts JSON[map[invitation.State]int] `db:"counts"`
}

func (r sendRow) send() invitation.Send {
	return invitation.Send{
		ID: r.ID, PlanID: r.PlanID, UserID: string(r.UserID), GroupID: string(r.GroupID), State: r.State,
		WorkflowID: r.WorkflowID, Schedule: r.Schedule.V, CreatedAt: r.CreatedAt.Time, SettledAt: r.SettledAt.Time,
	}
}

func (r sendRow) cursor() people.Cursor { return people.Cursor{ID: r.ID} }

// halt tells why nothing of the send may leave.
func (r sendRow) halt() invitation.Halt {
	switch r.State {
	case invitation.SendPaused:
		return invitation.HaltPaused
	case invitation.SendCancelled:
		return invitation.HaltCancelled
	case invitation.SendSettled:
		return invitation.HaltOver
	}
	return invitation.HaltNone
}

func readSend(ctx context.Context, from getter, id string) (sendRow, error) {
	var row sendRow
	if err := from.Get(ctx, &row, "SELECT "+sendColumns+" FROM sends WHERE id = ?", id); err != nil {
		return row, fmt.Errorf("reading send %s: %w", id, orNotFound(err, "Send not found."))
	}
	return row, nil
}

// Send returns a send with its counts; not_found when there is none. The counts
// of a live send of more than 10,000 may be five seconds old, or a minute where
// nobody looked meanwhile; they are of one moment.
func (s *Store) Send(ctx context.Context, id string) (invitation.Send, error) {
	row, err := readSend(ctx, s.reader(), id)
	if err != nil {
		return invitation.Send{}, err
	}
	sends := []invitation.Send{row.send()}
	err = s.countKept(ctx, []sendRow{row}, sends)
	return sends[0], err
}

func getSend(ctx context.Context, from getter, id string) (invitation.Send, error) {
	row, err := readSend(ctx, from, id)
	if err != nil {
		return invitation.Send{}, err
	}
	sends := []invitation.Send{row.send()}
	err = countStates(ctx, from, []sendRow{row}, sends)
	return sends[0], err
}

// ListSends returns sends, newest first.
func (s *Store) ListSends(ctx context.Context, after people.Cursor, limit int) (people.Page[invitation.Send], error) {
	var rows []sendRow
	query, args := "SELECT "+sendColumns+" FROM sends", []any{}
	if after.ID != "" {
		query, args = query+" WHERE id < ?", append(args, after.ID)
	}
	err := s.reader().Select(ctx, &rows, query+" ORDER BY id DESC LIMIT ?", append(args, limit+1)...)
	if err != nil {
		return people.Page[invitation.Send]{}, fmt.Errorf("listing sends: %w", err)
	}
	page := pageOf(rows, limit, sendRow.send, sendRow.cursor)
	return page, s.countKept(ctx, rows[:len(page.Items)], page.Items)
}

// countKept is countStates with the counts of large live sends kept for a
// moment.
func (s *Store) countKept(ctx context.Context, rows []sendRow, sends []invitation.Send) error {
	rows = slices.Clone(rows)
	for i, r := range rows {
		if len(r.Counts.V) > 0 || r.Total <= largeSend {
			continue
		}
		counts, err := keepLarge(ctx, &s.memo, "send "+r.ID+" "+string(r.State), r.Total, keepStates, func(ctx context.Context) (map[invitation.State]int, error) {
			one := []invitation.Send{r.send()}
			err := countStates(ctx, s.reader(), []sendRow{r}, one)
			return one[0].Counts, err
		})
		if err != nil {
			return err
		}
		rows[i].Counts.V = maps.Clone(counts) // whoever gets it may write to it
	}
	return countStates(ctx, s.reader(), rows, sends)
}

// countStates fills in counts that always sum to the plan. A settled send has
// kept its own: no invitation of it changes any more.
func countStates(ctx context.Context, from getter, rows []sendRow, sends []invitation.Send) error {
	var live []string
	counted := make(map[string]map[invitation.State]int, len(rows))
	for _, r := range rows {
		if counted[r.ID] = r.Counts.V; len(r.Counts.V) == 0 {
			live = append(live, r.ID)
			counted[r.ID] = r.begin()
		}
	}
	if err := countLive(ctx, from, live, counted); err != nil {
		return err
	}
	for i := range sends {
		sends[i].Counts = counted[sends[i].ID]
	}
	return nil
}

// begin counts the targets that are not written yet: as queued, or as
// cancelled once the send is.
func (r sendRow) begin() map[invitation.State]int {
	counts := make(map[invitation.State]int, len(invitation.States))
	for _, state := range invitation.States {
		counts[state] = 0
	}
	counts[r.unwritten()] = r.Total - r.Written
	return counts
}

// countLive adds the invitations of sends to their counts.
func countLive(ctx context.Context, from getter, ids []string, counted map[string]map[invitation.State]int) error {
	if len(ids) == 0 {
		return nil
	}
	var counts []struct {
		SendID string           `db:"send_id"`
		State  invitation.State `db:"state"`
		N      int              `db:"n"`
	}
	in, args := inClause("si.send_id", ids)
	err := from.Select(ctx, &counts, `SELECT si.send_id, i.state, COUNT(*) AS n FROM send_invitations si
		JOIN invitations i ON i.id = si.invitation_id WHERE `+in+" GROUP BY si.send_id, i.state", args...)
	if err != nil {
		return fmt.Errorf("counting states: %w", err)
	}
	for _, c := range counts {
		counted[c.SendID][c.State] += c.N
	}
	return nil
}

func (r sendRow) unwritten() invitation.State {
	if r.State == invitation.SendCancelled {
		return invitation.Cancelled
	}
	return invitation.Queued
}
