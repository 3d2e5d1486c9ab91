package store

import (
	"context"
	"errors"
	"fmt"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// errStale ends the sending transaction; what is stale is worked out after it.
var errStale = errors.New("the plan is stale")

// SendPlan confirms a plan: its invitations are written, and its silent users
// wait to be registered at Apple. Sending it again returns the same send, fresh
// false. Faults: not_found; invalid_request for a wrong digest or an empty
// plan; plan_expired; plan_stale as an *invitation.StaleError.
func (s *Store) SendPlan(ctx context.Context, actor people.Actor, planID, digest string, schedule invitation.Schedule) (send invitation.Send, fresh bool, err error) {
	err = s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		send, fresh, err = s.confirm(ctx, tx, actor, planID, digest, schedule)
		return err
	})
	if errors.Is(err, errStale) {
		return invitation.Send{}, false, s.stale(ctx, actor, planID)
	}
	if err != nil {
		return invitation.Send{}, false, fmt.Errorf("sending plan %s: %w", planID, err)
	}
	return send, fresh, nil
}

func (s *Store) confirm(ctx context.Context, tx *Tx, actor people.Actor, planID, digest string, schedule invitation.Schedule) (invitation.Send, bool, error) {
	// Who confirms the plan at the same time waits here, and then finds it sent.
	if err := tx.lock(ctx, "plans", []string{planID}); err != nil {
		return invitation.Send{}, false, err
	}
	plan, err := getPlan(ctx, tx, planID)
	if err != nil {
		return invitation.Send{}, false, err
	}
	if plan.Digest != digest {
		return invitation.Send{}, false, fault.Invalid(fault.Field{Pointer: "/digest", Message: "This is not the digest of the plan; confirm what you have seen."})
	}
	if plan.SendID != "" {
		send, err := getSend(ctx, tx, plan.SendID)
		tx.Made("send", plan.SendID)
		return send, false, err
	}
	if err := confirmable(ctx, tx, plan); err != nil {
		return invitation.Send{}, false, err
	}
	send, err := s.insertSend(ctx, tx, actor, plan, schedule)
	return send, true, err
}

// confirmable tells whether a plan still holds; it is the reason for the
// serializable transaction.
func confirmable(ctx context.Context, tx *Tx, plan invitation.Plan) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	if !now.Before(plan.ExpiresAt) {
		return fault.New(fault.PlanExpired, "The plan is older than an hour; plan again.")
	}
	if plan.Totals.Invitations == 0 && plan.Totals.Silent == 0 {
		return fault.New(fault.InvalidRequest, "The plan invites nobody; look at what it skips and why.")
	}
	found, err := planTargets(ctx, tx, plan.Request)
	if err != nil {
		return err
	}
	if found.digest() != plan.Digest {
		return errStale
	}
	return nil
}

// stale plans again and tells the difference. The fresh plan is not what the
// request was to make, so a repeated request does not find it.
func (s *Store) stale(ctx context.Context, actor people.Actor, planID string) error {
	var stale invitation.StaleError
	err := s.write(withoutClaim(ctx), func(ctx context.Context, tx *Tx) error {
		old, err := getPlan(ctx, tx, planID)
		if err != nil {
			return err
		}
		before, err := allTargets(ctx, tx, planID)
		if err != nil {
			return err
		}
		stale.Fresh, err = freezePlan(ctx, tx, actor, old.Request)
		if err != nil {
			return err
		}
		now, err := allTargets(ctx, tx, stale.Fresh.ID)
		stale.Difference = invitation.Compare(before, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("planning again for plan %s: %w", planID, err)
	}
	return &stale
}

func (s *Store) insertSend(ctx context.Context, tx *Tx, actor people.Actor, plan invitation.Plan, schedule invitation.Schedule) (invitation.Send, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return invitation.Send{}, err
	}
	send := invitation.Send{ID: newID(), PlanID: plan.ID, UserID: plan.Request.UserID, GroupID: plan.Request.GroupID}
	total := plan.Totals.Invitations
	_, err = tx.Exec(ctx, `INSERT INTO sends (id, plan_id, user_id, group_id, policy, schedule, state, total, open, workflow_id, created_at)
		VALUES (?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
		send.ID, plan.ID, Text(send.UserID), Text(send.GroupID), string(plan.Request.Policy), JSON[invitation.Schedule]{schedule},
		total, total, invitation.WorkflowID(send), now)
	if err != nil {
		return send, fmt.Errorf("writing a send: %w", err)
	}
	if _, err := tx.Exec(ctx, "UPDATE plans SET send_id = ? WHERE id = ?", send.ID, plan.ID); err != nil {
		return send, fmt.Errorf("marking a plan sent: %w", err)
	}
	tx.audit(actor, change{Action: "send.create", Kind: "send", ID: send.ID, Became: docOfPlan(plan)})
	if err := s.begin(ctx, tx, send, total, now); err != nil {
		return send, err
	}
	if err := s.wantSilent(ctx, tx, plan); err != nil {
		return send, err
	}
	return getSend(ctx, tx, send.ID)
}

// begin writes a send's first invitations; one without any is over.
func (s *Store) begin(ctx context.Context, tx *Tx, send invitation.Send, total int, now Time) error {
	if total == 0 {
		_, err := tx.closeSend(ctx, send.ID, now)
		return err
	}
	first := total
	if send.GroupID != "" {
		first = max(s.firstPage, 0)
	}
	if first == 0 {
		return nil
	}
	_, err := s.writePage(ctx, tx, send.ID, 0, first)
	return err
}
