package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
)

// PreviewPlan tells what plans by each of the policies would hold, and writes
// nothing; the policy of the request does not count. Faults as of CreatePlan.
func (s *Store) PreviewPlan(ctx context.Context, r invitation.Request, policies ...invitation.Policy) (invitation.Preview, error) {
	var preview invitation.Preview
	err := s.snapshot(ctx, func(ctx context.Context, tx *Tx) error {
		if err := checkRequest(ctx, tx, r); err != nil {
			return err
		}
		list, err := planCandidates(ctx, tx, r)
		preview = invitation.PreviewOf(list, r.Audience, policies...)
		return err
	})
	if err != nil {
		return invitation.Preview{}, fmt.Errorf("looking ahead: %w", err)
	}
	return preview, nil
}

// PreviewPlanLately is PreviewPlan for who looks at a group: what a group of
// more than some hundred would get may be as it was ten seconds ago.
func (s *Store) PreviewPlanLately(ctx context.Context, r invitation.Request, policies ...invitation.Policy) (invitation.Preview, error) {
	key := fmt.Sprint("preview ", r.GroupID, " ", r.Audience, " ", policies)
	return keep(ctx, &s.memo, key, keepCounts, ofMany, func(ctx context.Context) (invitation.Preview, error) {
		return s.PreviewPlan(ctx, r, policies...)
	})
}

// ofMany tells whether a look ahead took long.
func ofMany(p invitation.Preview) bool {
	for _, t := range p.Totals {
		looked := t.Users + t.Silent
		for _, n := range t.Skipped {
			looked += n
		}
		if looked > smallGroup {
			return true
		}
	}
	return false
}

// NamesOf looks up what users and devices are called, deleted ones included;
// ids that are nobody's are not in the answer.
func (s *Store) NamesOf(ctx context.Context, userIDs, deviceIDs []string) (invitation.Names, error) {
	names := invitation.Names{Users: map[string]invitation.NamedUser{}, Devices: map[string]string{}}
	for ids := range slices.Chunk(userIDs, maxIn) {
		var users []struct {
			ID      string `db:"id"`
			Name    string `db:"full_name"`
			HasMail bool   `db:"has_mail"`
		}
		in, args := inClause("id", ids)
		if err := s.reader().Select(ctx, &users, "SELECT id, full_name, email <> '' AS has_mail FROM users WHERE "+in, args...); err != nil {
			return names, fmt.Errorf("naming users: %w", err)
		}
		for _, u := range users {
			names.Users[u.ID] = invitation.NamedUser{FullName: u.Name, HasMail: u.HasMail}
		}
	}
	for ids := range slices.Chunk(deviceIDs, maxIn) {
		var devices []struct {
			ID   string `db:"id"`
			Name string `db:"name"`
		}
		in, args := inClause("id", ids)
		if err := s.reader().Select(ctx, &devices, "SELECT id, name FROM devices WHERE "+in, args...); err != nil {
			return names, fmt.Errorf("naming devices: %w", err)
		}
		for _, d := range devices {
			names.Devices[d.ID] = d.Name
		}
	}
	return names, nil
}
