package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// CreatePlan freezes who and what a send would invite. Faults:
// invalid_request for a user, group or device that does not exist.
func (s *Store) CreatePlan(ctx context.Context, actor people.Actor, r invitation.Request) (invitation.Plan, error) {
	var plan invitation.Plan
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		plan, err = freezePlan(ctx, tx, actor, r)
		return err
	})
	if err != nil {
		return invitation.Plan{}, fmt.Errorf("planning: %w", err)
	}
	return plan, nil
}

func freezePlan(ctx context.Context, tx *Tx, actor people.Actor, r invitation.Request) (invitation.Plan, error) {
	if err := checkRequest(ctx, tx, r); err != nil {
		return invitation.Plan{}, err
	}
	found, err := planTargets(ctx, tx, r)
	if err != nil {
		return invitation.Plan{}, err
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return invitation.Plan{}, err
	}
	for i := range found.targets {
		found.targets[i].InvitationID = newID()
	}
	plan := invitation.Plan{
		ID: newID(), Request: r, Digest: found.digest(), Totals: invitation.Count(found.targets, found.skips),
		Skipped: found.skips[:min(len(found.skips), invitation.MaxListed)], CreatedAt: now.Time, ExpiresAt: now.Add(invitation.Life),
	}
	plan.Totals.Silent = len(found.silent)
	if err := insertPlan(ctx, tx, plan, found); err != nil {
		return invitation.Plan{}, err
	}
	tx.audit(actor, change{Action: "plan.create", Kind: "plan", ID: plan.ID, Became: docOfPlan(plan)})
	return plan, nil
}

// planned is what planning finds.
type planned struct {
	targets []invitation.Target
	skips   []invitation.Skip
	// silent are users who are enrolled without an invitation.
	silent []string
}

func (p planned) digest() string { return invitation.Digest(p.targets, p.silent...) }

// planTargets plans: the same input gives the same sorted targets as long as
// people, devices and switches are the same.
func planTargets(ctx context.Context, from getter, r invitation.Request) (planned, error) {
	list, err := planCandidates(ctx, from, r)
	if err != nil {
		return planned{}, err
	}
	found := planned{silent: invitation.Silent(list, r.Audience)}
	found.targets, found.skips = invitation.Assign(list, r.Audience, r.Policy)
	return found, nil
}

// planCandidates reads among whom and which devices a request chooses.
func planCandidates(ctx context.Context, from getter, r invitation.Request) ([]invitation.Candidate, error) {
	s := scopeOfUser(r.UserID)
	if r.GroupID != "" {
		s = scopeOfGroup(r.GroupID)
	}
	list, err := candidates(ctx, from, s)
	if err != nil || len(r.DeviceIDs) == 0 {
		return list, err
	}
	for i := range list {
		list[i].Devices = slices.DeleteFunc(list[i].Devices, func(d invitation.CandidateDevice) bool {
			return !slices.Contains(r.DeviceIDs, d.ID)
		})
	}
	return list, nil
}

func checkRequest(ctx context.Context, from getter, r invitation.Request) error {
	if (r.UserID == "") == (r.GroupID == "") {
		return fault.Invalid(fault.Field{Pointer: "/user_id", Message: "Give either user_id or group_id."})
	}
	if r.GroupID != "" {
		if len(r.DeviceIDs) > 0 {
			return fault.Invalid(fault.Field{Pointer: "/device_ids", Message: "Give device_ids together with user_id only."})
		}
		return mustExist(ctx, from, "groups", r.GroupID, "/group_id", "This group does not exist.")
	}
	if err := mustExist(ctx, from, "users", r.UserID, "/user_id", "This user does not exist."); err != nil {
		return err
	}
	return checkDevices(ctx, from, r)
}

func mustExist(ctx context.Context, from getter, table, id, pointer, sentence string) error {
	var n int
	err := from.Get(ctx, &n, "SELECT COUNT(*) FROM "+table+" WHERE id = ? AND deleted_at IS NULL", id)
	if err == nil && n == 0 {
		return fault.Invalid(fault.Field{Pointer: pointer, Message: sentence})
	}
	return err
}

// maxDevices is the longest list of devices that a plan may name.
const maxDevices = 1000

func checkDevices(ctx context.Context, from getter, r invitation.Request) error {
	if len(r.DeviceIDs) == 0 {
		return nil
	}
	if len(r.DeviceIDs) > maxDevices {
		return fault.Invalid(fault.Field{Pointer: "/device_ids", Message: fmt.Sprintf("Give at most %d devices.", maxDevices)})
	}
	in, args := inClause("id", r.DeviceIDs)
	var known []string
	err := from.Select(ctx, &known, "SELECT id FROM devices WHERE deleted_at IS NULL AND user_id = ? AND "+in, append([]any{r.UserID}, args...)...)
	if err != nil {
		return fmt.Errorf("reading devices: %w", err)
	}
	var fields []fault.Field
	for i, id := range r.DeviceIDs {
		if !slices.Contains(known, id) {
			fields = append(fields, fault.Field{Pointer: fmt.Sprintf("/device_ids/%d", i), Message: "This device is not assigned to the user."})
		}
	}
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}
