package store

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
)

// largeSend is above how many invitations what is counted of a send is kept for
// a moment.
const largeSend = 10_000

// How long counts of large sends are kept: states are looked at while they
// change, pictures are not.
const (
	keepStates   = 5 * time.Second
	keepPictures = 30 * time.Second
)

type settledRow struct {
	At    Time             `db:"at"`
	State invitation.State `db:"state"`
	N     int              `db:"n"`
}

// SendProgress tells how many invitations of a send were settled, by state, at
// moments from from on (zero: the making of the send) in steps of bucket, at
// least a minute and as long as it takes for invitation.MaxPoints points: true
// to the minute. Of a send of more than 10,000 it may be half a minute old.
func (s *Store) SendProgress(ctx context.Context, sendID string, from time.Time, bucket time.Duration) ([]invitation.Point, error) {
	row, err := readSend(ctx, s.reader(), sendID)
	if err != nil {
		return nil, err
	}
	settled, err := keepLarge(ctx, &s.memo, "progress "+sendID, row.Total, keepPictures, func(ctx context.Context) ([]settledRow, error) {
		return s.settledBy(ctx, sendID)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the progress of send %s: %w", sendID, err)
	}
	list := make([]invitation.Settled, len(settled))
	for i, r := range settled {
		// The end of the minute: nothing is settled before it was.
		list[i] = invitation.Settled{At: r.At.Add(time.Minute), State: r.State, N: r.N}
	}
	if from.IsZero() {
		from = row.CreatedAt.Time
	}
	until := row.SettledAt.Time
	if until.IsZero() {
		until = s.clock()
	}
	return invitation.Points(list, from, until.Truncate(time.Minute).Add(time.Minute), max(bucket, time.Minute)), nil
}

// settledBy counts a send's settled invitations by minute and state.
func (s *Store) settledBy(ctx context.Context, sendID string) ([]settledRow, error) {
	minute := "substr(i.settled_at, 1, 16) || ':00Z'"
	if s.kind == Postgres {
		minute = "date_trunc('minute', i.settled_at)"
	}
	var rows []settledRow
	err := s.reader().Select(ctx, &rows, "SELECT "+minute+` AS at, i.state, COUNT(*) AS n FROM send_invitations si JOIN invitations i ON i.id = si.invitation_id
		WHERE si.send_id = ? AND i.settled_at IS NOT NULL GROUP BY 1, i.state ORDER BY 1`, sendID)
	return rows, err
}

// keepLarge keeps what is counted of large things only.
func keepLarge[T any](ctx context.Context, m *memo, key string, size int, life time.Duration, create func(context.Context) (T, error)) (T, error) {
	if size <= largeSend {
		return create(ctx)
	}
	return keep(ctx, m, key, life, func(T) bool { return true }, create)
}
