package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/invitation"
	"heraut/people"
)

const planColumns = "id, user_id, group_id, device_ids, audience, policy, digest, totals, skipped, created_at, expires_at, send_id"

type planRow struct {
	ID        string                  `db:"id"`
	UserID    Text                    `db:"user_id"`
	GroupID   Text                    `db:"group_id"`
	DeviceIDs JSON[[]string]          `db:"device_ids"`
	Audience  invitation.Audience     `db:"audience"`
	Policy    invitation.Policy       `db:"policy"`
	Digest    string                  `db:"digest"`
	Totals    JSON[invitation.Totals] `db:"totals"`
	Skipped   JSON[[]invitation.Skip] `db:"skipped"`
	CreatedAt Time                    `db:"created_at"`
	ExpiresAt Time                    `db:"expires_at"`
	SendID    Text                    `db:"send_id"`
}

func (r planRow) plan() invitation.Plan {
	return invitation.Plan{
		ID: r.ID,
		Request: invitation.Request{
			UserID: string(r.UserID), GroupID: string(r.GroupID), DeviceIDs: r.DeviceIDs.V, Audience: r.Audience, Policy: r.Policy,
		},
		Digest: r.Digest, Totals: r.Totals.V, Skipped: r.Skipped.V,
		CreatedAt: r.CreatedAt.Time, ExpiresAt: r.ExpiresAt.Time, SendID: string(r.SendID),
	}
}

func insertPlan(ctx context.Context, tx *Tx, p invitation.Plan, found planned) error {
	_, err := tx.Exec(ctx, "INSERT INTO plans ("+planColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
		p.ID, Text(p.Request.UserID), Text(p.Request.GroupID), JSON[[]string]{p.Request.DeviceIDs},
		string(p.Request.Audience), string(p.Request.Policy), p.Digest,
		JSON[invitation.Totals]{p.Totals}, JSON[[]invitation.Skip]{p.Skipped}, At(p.CreatedAt), At(p.ExpiresAt))
	if err != nil {
		return fmt.Errorf("writing a plan: %w", err)
	}
	rows := make([][]any, len(found.targets))
	for i, t := range found.targets {
		rows[i] = []any{p.ID, i, t.InvitationID, t.UserID, Text(t.DeviceID), string(t.Channel)}
	}
	_, err = insertRows(ctx, tx, "plan_targets", columnList("plan_id, seq, invitation_id, user_id, device_id, channel"), rows, "")
	if err != nil {
		return fmt.Errorf("writing a plan's targets: %w", err)
	}
	if err := insertSkips(ctx, tx, p.ID, found.skips); err != nil {
		return err
	}
	return insertSilent(ctx, tx, p.ID, found.silent)
}

// Plan returns a plan; not_found when there is none.
func (s *Store) Plan(ctx context.Context, id string) (invitation.Plan, error) {
	return getPlan(ctx, s.reader(), id)
}

func getPlan(ctx context.Context, from getter, id string) (invitation.Plan, error) {
	var row planRow
	if err := from.Get(ctx, &row, "SELECT "+planColumns+" FROM plans WHERE id = ?", id); err != nil {
		return invitation.Plan{}, fmt.Errorf("reading plan %s: %w", id, orNotFound(err, "Plan not found."))
	}
	return row.plan(), nil
}

type targetRow struct {
	Seq          int                `db:"seq"`
	InvitationID string             `db:"invitation_id"`
	UserID       string             `db:"user_id"`
	DeviceID     Text               `db:"device_id"`
	Channel      invitation.Channel `db:"channel"`
}

func (r targetRow) target() invitation.Target {
	return invitation.Target{InvitationID: r.InvitationID, UserID: r.UserID, DeviceID: string(r.DeviceID), Channel: r.Channel}
}

func (r targetRow) cursor() people.Cursor { return people.Cursor{Key: strconv.Itoa(r.Seq)} }

const targetColumns = "seq, invitation_id, user_id, device_id, channel"

// PlanTargets lists a plan's frozen targets in their order.
func (s *Store) PlanTargets(ctx context.Context, planID string, after people.Cursor, limit int) (people.Page[invitation.Target], error) {
	seq, err := seqAfter(after)
	if err != nil {
		return people.Page[invitation.Target]{}, err
	}
	var rows []targetRow
	err = s.reader().Select(ctx, &rows, "SELECT "+targetColumns+" FROM plan_targets WHERE plan_id = ? AND seq > ? ORDER BY seq LIMIT ?", planID, seq, limit+1)
	if err != nil {
		return people.Page[invitation.Target]{}, fmt.Errorf("listing the targets of plan %s: %w", planID, err)
	}
	return pageOf(rows, limit, targetRow.target, targetRow.cursor), nil
}

func seqAfter(after people.Cursor) (int, error) {
	if after.Key == "" {
		return -1, nil
	}
	var seq int
	if _, err := fmt.Sscanf(after.Key, "%d", &seq); err != nil {
		return 0, badCursor()
	}
	return seq, nil
}

// allTargets reads every target of a plan in the order of planning.
func allTargets(ctx context.Context, from getter, planID string) ([]invitation.Target, error) {
	var rows []targetRow
	err := from.Select(ctx, &rows, "SELECT "+targetColumns+" FROM plan_targets WHERE plan_id = ? ORDER BY seq", planID)
	if err != nil {
		return nil, fmt.Errorf("reading the targets of plan %s: %w", planID, err)
	}
	targets := make([]invitation.Target, len(rows))
	for i, r := range rows {
		targets[i] = r.target()
	}
	return targets, nil
}

// planDoc is what the audit log keeps of a plan.
type planDoc struct {
	UserID      string              `json:"user_id,omitempty"`
	GroupID     string              `json:"group_id,omitempty"`
	Audience    invitation.Audience `json:"audience"`
	Channel     invitation.Policy   `json:"channel"`
	Digest      string              `json:"digest"`
	Invitations int                 `json:"invitations"`
	Silent      int                 `json:"silent,omitempty"`
}

func docOfPlan(p invitation.Plan) planDoc {
	return planDoc{p.Request.UserID, p.Request.GroupID, p.Request.Audience, p.Request.Policy, p.Digest, p.Totals.Invitations, p.Totals.Silent}
}
