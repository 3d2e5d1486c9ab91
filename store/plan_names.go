package store

import (
	"context"
	"fmt"
	"strconv"

	"heraut/invitation"
	"heraut/people"
)

// namedRow is a target or a skip of a plan with its names.
type namedRow struct {
	Seq          int                `db:"seq"`
	InvitationID string             `db:"invitation_id"`
	UserID       string             `db:"user_id"`
	FullName     string             `db:"full_name"`
	DeviceID     Text               `db:"device_id"`
	DeviceName   Text               `db:"device_name"`
	Platform     Text               `db:"platform"`
	Channel      invitation.Channel `db:"channel"`
	Reason       invitation.Reason  `db:"reason"`
}

func (r namedRow) cursor() people.Cursor { return people.Cursor{Key: strconv.Itoa(r.Seq)} }

func (r namedRow) device() *invitation.DeviceName {
	if r.DeviceID == "" {
		return nil
	}
	return &invitation.DeviceName{ID: string(r.DeviceID), Name: string(r.DeviceName), Platform: string(r.Platform)}
}

func (r namedRow) target() invitation.NamedTarget {
	return invitation.NamedTarget{
		InvitationID: r.InvitationID, User: invitation.Person{ID: r.UserID, FullName: r.FullName}, Device: r.device(), Channel: r.Channel,
	}
}

func (r namedRow) skip() invitation.NamedSkip {
	return invitation.NamedSkip{User: invitation.Person{ID: r.UserID, FullName: r.FullName}, Device: r.device(), Reason: r.Reason}
}

const namedColumns = `p.seq, p.user_id, u.full_name, p.device_id, d.name AS device_name, d.platform`

const namedJoins = ` p JOIN users u ON u.id = p.user_id LEFT JOIN devices d ON d.id = p.device_id WHERE p.plan_id = ? AND p.seq > ?`

// NamedTargets lists a plan's targets in their order, with names.
func (s *Store) NamedTargets(ctx context.Context, planID string, after people.Cursor, limit int) (people.Page[invitation.NamedTarget], error) {
	var page people.Page[invitation.NamedTarget]
	seq, err := seqAfter(after)
	if err != nil {
		return page, err
	}
	var rows []namedRow
	err = s.reader().Select(ctx, &rows, "SELECT "+namedColumns+", p.invitation_id, p.channel FROM plan_targets"+namedJoins+" ORDER BY p.seq LIMIT ?", planID, seq, limit+1)
	if err != nil {
		return page, fmt.Errorf("listing the targets of plan %s: %w", planID, err)
	}
	return pageOf(rows, limit, namedRow.target, namedRow.cursor), nil
}

// PlanSkips lists all whom or what a plan leaves out, in the order of planning;
// a reason narrows it.
func (s *Store) PlanSkips(ctx context.Context, planID string, reason invitation.Reason, after people.Cursor, limit int) (people.Page[invitation.NamedSkip], error) {
	var page people.Page[invitation.NamedSkip]
	seq, err := seqAfter(after)
	if err != nil {
		return page, err
	}
	query, args := "SELECT "+namedColumns+", p.reason FROM plan_skips"+namedJoins, []any{planID, seq}
	if reason != "" {
		query, args = query+" AND p.reason = ?", append(args, string(reason))
	}
	var rows []namedRow
	if err := s.reader().Select(ctx, &rows, query+" ORDER BY p.seq LIMIT ?", append(args, limit+1)...); err != nil {
		return page, fmt.Errorf("listing what plan %s leaves out: %w", planID, err)
	}
	return pageOf(rows, limit, namedRow.skip, namedRow.cursor), nil
}

func insertSkips(ctx context.Context, tx *Tx, planID string, skips []invitation.Skip) error {
	rows := make([][]any, len(skips))
	for i, skip := range skips {
		rows[i] = []any{planID, i, skip.UserID, Text(skip.DeviceID), string(skip.Reason)}
	}
	if _, err := insertRows(ctx, tx, "plan_skips", columnList("plan_id, seq, user_id, device_id, reason"), rows, ""); err != nil {
		return fmt.Errorf("writing what a plan leaves out: %w", err)
	}
	return nil
}
