package store

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
)

// MatchInvitations lists the ids of open invitations that a filter matches, in
// the order of ids, after an id.
func (s *Store) MatchInvitations(ctx context.Context, f invitation.Filter, after string, limit int) ([]string, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	by, err := s.named(ctx, f.Query)
	if err != nil {
		return nil, err
	}
	return matching(ctx, s.reader(), f, by, s.clock(), after, limit)
}

func matching(ctx context.Context, from getter, f invitation.Filter, by named, now time.Time, after string, limit int) ([]string, error) {
	way, err := narrow(ctx, from, f, by, now, false)
	if err != nil {
		return nil, err
	}
	way.add(way.key+" > ?", after)
	var ids []string
	err = from.Select(ctx, &ids, "SELECT i.id FROM "+way.from+" WHERE i.settled_at IS NULL"+way.where+" ORDER BY "+way.key+" LIMIT ?", way.all(limit)...)
	if err != nil {
		return nil, fmt.Errorf("matching invitations: %w", err)
	}
	return ids, nil
}

// CountInvitations counts the open invitations that a filter matches.
func (s *Store) CountInvitations(ctx context.Context, f invitation.Filter) (int, error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	by, err := s.named(ctx, f.Query)
	if err != nil {
		return 0, err
	}
	way, err := narrow(ctx, s.reader(), f, by, s.clock(), true)
	if err != nil {
		return 0, err
	}
	var n int
	if err := s.reader().Get(ctx, &n, "SELECT COUNT(*) FROM "+way.from+way.joins+" WHERE i.settled_at IS NULL"+way.where, way.all()...); err != nil {
		return 0, fmt.Errorf("counting invitations: %w", err)
	}
	return n, nil
}

// CountInvitationsLately is CountInvitations for who looks at a list: what is
// more than some hundred may be as it was ten seconds ago.
func (s *Store) CountInvitationsLately(ctx context.Context, f invitation.Filter) (int, error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	same := f
	same.Sort = ""
	same.CreatedAfter, same.CreatedBefore = f.CreatedAfter.Truncate(time.Minute), f.CreatedBefore.Truncate(time.Minute) // ages move along
	key := fmt.Sprintf("count %+v", same)
	many := func(n int) bool { return n > smallGroup }
	return keep(ctx, &s.memo, key, keepCounts, many, func(ctx context.Context) (int, error) { return s.CountInvitations(ctx, f) })
}
