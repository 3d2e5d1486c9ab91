package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"heraut/invitation"
	"heraut/settings"
)

type routeRow struct {
	Name      invitation.Route `db:"name"`
	DownSince Time             `db:"down_since"`
	Reason    string           `db:"reason"`
	Failures  int              `db:"failures"`
	ProbeAt   Time             `db:"probe_at"`
	HeldUntil Time             `db:"held_until"`
	Minute    Time             `db:"minute"`
	Used      int              `db:"used"`
	Full      bool             `db:"full_minute"`
}

// limited tells whether this minute's mails are used up.
func (r routeRow) limited(now time.Time) bool {
	return r.Full && now.Sub(r.Minute.Time) < time.Minute
}

const routeColumns = "name, down_since, reason, failures, probe_at, held_until, minute, used, full_minute"

func readRoutes(ctx context.Context, from getter) (map[invitation.Route]routeRow, error) {
	var rows []routeRow
	if err := from.Select(ctx, &rows, "SELECT "+routeColumns+" FROM routes"); err != nil {
		return nil, fmt.Errorf("reading routes: %w", err)
	}
	routes := make(map[invitation.Route]routeRow, len(rows))
	for _, r := range rows {
		routes[r.Name] = r
	}
	return routes, nil
}

// RouteState tells how a way out stands; Apps and Books as the location stands
// that has been down for longest.
func (s *Store) RouteState(ctx context.Context, name invitation.Route) (invitation.RouteState, error) {
	routes, err := readRoutes(ctx, s.reader())
	if err != nil {
		return invitation.RouteState{}, err
	}
	r := routes[name]
	if name == invitation.RouteBooks {
		if r, err = longestDown(ctx, s.reader(), routes); err != nil {
			return invitation.RouteState{}, err
		}
	}
	state := invitation.RouteState{Route: name, DownSince: r.DownSince.Time, Reason: r.Reason, NextProbeAt: r.ProbeAt.Time, HeldUntil: r.HeldUntil.Time}
	if r.limited(s.clock()) {
		state.LimitedUntil = r.Minute.Add(time.Minute)
	}
	return state, nil
}

// longestDown is the route to Apps and Books that is down and has been for
// longest, of those that a content token leads to.
func longestDown(ctx context.Context, from getter, routes map[invitation.Route]routeRow) (routeRow, error) {
	var worst routeRow
	places, err := locations(ctx, from)
	for _, place := range places {
		r := routes[invitation.BooksRoute(place)]
		if !r.DownSince.IsZero() && (worst.DownSince.IsZero() || r.DownSince.Before(worst.DownSince.Time)) {
			worst = r
		}
	}
	return worst, err
}

// A route that is down is tried again after probeFirst, then twice as long
// each time, up to probeMost. A probe that was given out and brought no answer
// is given out again after probeLease.
const (
	probeFirst = 2 * time.Second
	probeMost  = time.Minute
	probeLease = 90 * time.Second
)

// RouteDown notes that a route is down and returns when it is tried again: not
// before the time is over for which the other side asked everybody to wait (0:
// it did not ask).
func (s *Store) RouteDown(ctx context.Context, route invitation.Route, reason string, asked time.Duration) (time.Time, error) {
	var until time.Time
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, r, err := tx.route(ctx, route)
		if err != nil {
			return err
		}
		wait := min(probeFirst<<min(r.Failures, 10), probeMost)
		if r.knownDown(now.Time, wait, asked) {
			until = r.ProbeAt.Time // another worker found out just before
			return nil
		}
		since := r.DownSince
		if since.IsZero() {
			since = now
		}
		held := r.heldFor(now.Time, asked)
		until = now.Add(wait)
		if held.After(until) {
			until = held.Time
		}
		_, err = tx.Exec(ctx, "UPDATE routes SET down_since = ?, reason = ?, failures = failures + 1, probe_at = ?, held_until = ? WHERE name = ?",
			since, reason, At(until), held, string(route))
		return err
	})
	if err != nil {
		return until, fmt.Errorf("noting that route %s is down: %w", route, err)
	}
	return until, nil
}

// knownDown tells whether a failure that asks for a wait tells nothing new.
func (r routeRow) knownDown(now time.Time, wait, asked time.Duration) bool {
	return !r.DownSince.IsZero() && r.Failures > 0 && now.Before(r.ProbeAt.Time) && r.ProbeAt.Sub(now) < wait && !r.ProbeAt.Before(now.Add(asked))
}

// heldFor is the later of what the other side asked for now and earlier; zero
// when it never asked.
func (r routeRow) heldFor(now time.Time, asked time.Duration) Time {
	if until := now.Add(asked); asked > 0 && until.After(r.HeldUntil.Time) {
		return At(until)
	}
	return r.HeldUntil
}

func (tx *Tx) route(ctx context.Context, route invitation.Route) (Time, routeRow, error) {
	var row routeRow
	if _, err := tx.Exec(ctx, "INSERT INTO routes (name) VALUES (?) ON CONFLICT (name) DO NOTHING", string(route)); err != nil {
		return Time{}, row, fmt.Errorf("noting route %s: %w", route, err)
	}
	lock := ""
	if tx.store.kind == Postgres {
		lock = " FOR NO KEY UPDATE"
	}
	if err := tx.Get(ctx, &row, "SELECT "+routeColumns+" FROM routes WHERE name = ?"+lock, string(route)); err != nil {
		return Time{}, row, fmt.Errorf("reading route %s: %w", route, err)
	}
	now, err := tx.Now(ctx)
	return now, row, err
}

// RouteTurn tells whether the caller may use a route. While the route is down
// one caller at a time gets a probe; the others wait.
func (s *Store) RouteTurn(ctx context.Context, route invitation.Route, _ string) (invitation.RouteTurn, error) {
	var r routeRow
	err := s.reader().Get(ctx, &r, "SELECT "+routeColumns+" FROM routes WHERE name = ?", string(route))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return invitation.RouteTurn{}, fmt.Errorf("reading route %s: %w", route, err)
	}
	if r.DownSince.IsZero() {
		return invitation.RouteTurn{Up: true}, nil
	}
	var turn invitation.RouteTurn
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, r, err := tx.route(ctx, route)
		if err != nil {
			return err
		}
		turn = invitation.RouteTurn{Up: r.DownSince.IsZero(), Reason: r.Reason, Wait: r.ProbeAt.Sub(now.Time)}
		if turn.Up || turn.Wait > 0 {
			return nil
		}
		turn.Probe = true
		_, err = tx.Exec(ctx, "UPDATE routes SET probe_at = ? WHERE name = ?", At(now.Add(probeLease)), string(route))
		return err
	})
	if err != nil {
		return turn, fmt.Errorf("asking for a turn on route %s: %w", route, err)
	}
	return turn, nil
}

// RouteUp notes that a route works.
func (s *Store) RouteUp(ctx context.Context, route invitation.Route) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.Exec(ctx, "UPDATE routes SET down_since = NULL, reason = '', failures = 0, probe_at = NULL, held_until = NULL WHERE name = ?", string(route))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that route %s works: %w", route, err)
	}
	return nil
}

// LeaseMails takes up to n mails of this minute's limit, over all workers;
// until says when to ask again when none were granted.
func (s *Store) LeaseMails(ctx context.Context, n int) (granted int, until time.Time, err error) {
	limit, err := s.mailLimit(ctx)
	if err != nil || limit == 0 {
		return n, time.Time{}, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, r, err := tx.route(ctx, invitation.RouteMail)
		if err != nil {
			return err
		}
		if r.Minute.IsZero() || now.Sub(r.Minute.Time) >= time.Minute {
			r.Minute, r.Used = now, 0
		}
		granted, until = max(0, min(n, limit-r.Used)), r.Minute.Add(time.Minute)
		_, err = tx.Exec(ctx, "UPDATE routes SET minute = ?, used = ?, full_minute = ? WHERE name = 'mail'", r.Minute, r.Used+granted, r.Used+granted >= limit)
		return err
	})
	if err != nil {
		return 0, until, fmt.Errorf("leasing mails: %w", err)
	}
	return granted, until, nil
}

// mailLimit is the setting per_minute; 0 means no limit.
func (s *Store) mailLimit(ctx context.Context) (int, error) {
	var docs []JSON[settings.Mail]
	if err := s.reader().Select(ctx, &docs, "SELECT doc FROM settings WHERE name = 'mail'"); err != nil {
		return 0, fmt.Errorf("reading the limit for mail: %w", err)
	}
	if len(docs) == 0 {
		return 0, nil
	}
	return docs[0].V.PerMinute, nil
}
