package store

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/internal/secrets"
	"heraut/internal/testkit"
	"heraut/invitation"
	"heraut/people"
)

// TestQueriesUseIndexes lets a store run its queries, and looks how the
// databases answer those that it then keeps prepared: nothing that grows with
// the number of people or invitations is read as a whole.
func TestQueriesUseIndexes(t *testing.T) {
	for kind, o := range map[Kind]Options{
		SQLite:   {Path: filepath.Join(t.TempDir(), "heraut.db")},
		Postgres: {URL: testkit.Postgres(t)},
	} {
		t.Run(string(kind), func(t *testing.T) {
			o.LinkHash = func(id string) []byte { return []byte(id) }
			o.ClientUserID = func(id string) string { return "apple-" + id }
			keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
			require.NoError(t, err)
			o.Sealer = keys
			s, err := Open(t.Context(), o)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			require.NoError(t, s.Migrate(t.Context()))
			useEverything(t, s)
			explain := explainSQLite
			if kind == Postgres {
				explain = explainPostgres
			}
			var lines []string
			for query, plan := range explain(t, s) {
				lines = append(lines, plan...)
				for _, line := range plan {
					if slices.Contains(plan, "CO-ROUTINE "+strings.TrimPrefix(line, "SCAN ")) {
						continue // a subquery that happens to have a table's name
					}
					require.NotRegexp(t, wholeTable, line, "%s\n%s", query, strings.Join(plan, "\n"))
				}
			}
			for _, index := range ownIndexes {
				used := slices.ContainsFunc(lines, func(line string) bool { return strings.Contains(line, " "+index) })
				require.True(t, used || kind == Postgres, index)
			}
		})
	}
}

// wholeTable matches a plan's line that reads a growing table without an index.
// SQLite names aliases, and PostgreSQL tables.
var wholeTable = regexp.MustCompile(`^SCAN (i|u|d|e|l|o|p|t|si|di|audit|plan_skips|users|licenses|invitations|deliveries|devices|plan_targets|send_invitations|delivery_invitations|invitation_events|enrollments|sends|c|invite_commands|r|registrations|s|m|scim_users|scim_groups|directory_users|directory_groups|directory_runs|directory_problems)$` +
	`|Seq Scan on (audit|plan_skips|users|licenses|invitations|deliveries|devices|plan_targets|send_invitations|delivery_invitations|invitation_events|enrollments|sends|invite_commands|registrations|scim_users|scim_groups|directory_users|directory_groups|directory_runs|directory_problems)\b`)

// prepared are the queries that the store keeps statements of.
func prepared(s *Store) []string {
	all := map[string]bool{}
	for _, p := range []*pool{s.reads, s.writer} {
		p.mu.Lock()
		for query := range p.stmts {
			all[query] = true
		}
		p.mu.Unlock()
	}
	return slices.Sorted(maps.Keys(all))
}

func explainSQLite(t *testing.T, s *Store) map[string][]string {
	t.Helper()
	plans := map[string][]string{}
	for _, query := range prepared(s) {
		rows, err := s.reads.db.QueryxContext(t.Context(), "EXPLAIN QUERY PLAN "+query, make([]any, strings.Count(query, "?"))...)
		require.NoError(t, err, query)
		for rows.Next() {
			columns, err := rows.SliceScan()
			require.NoError(t, err)
			plans[query] = append(plans[query], fmt.Sprint(columns[3]))
		}
		require.NoError(t, rows.Err())
	}
	return plans
}

// explainPostgres asks for plans that hold for any argument, of a planner that
// reads whole tables only where it has no other way.
func explainPostgres(t *testing.T, s *Store) map[string][]string {
	t.Helper()
	conn, err := s.writer.db.Connx(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	for _, setting := range []string{"enable_seqscan = off", "plan_cache_mode = force_generic_plan"} {
		_, err := conn.ExecContext(t.Context(), "SET "+setting)
		require.NoError(t, err)
	}
	plans := map[string][]string{}
	for n, query := range prepared(s) {
		if !regexp.MustCompile(`^\s*(SELECT|WITH|INSERT|UPDATE|DELETE)`).MatchString(query) {
			continue
		}
		name := fmt.Sprintf("p%d", n)
		_, err := conn.ExecContext(t.Context(), "PREPARE "+name+" AS "+sqlx.Rebind(sqlx.DOLLAR, query))
		require.NoError(t, err, query)
		call := "EXPLAIN EXECUTE " + name
		if args := strings.Count(query, "?"); args > 0 {
			call += "(" + strings.TrimSuffix(strings.Repeat("NULL,", args), ",") + ")"
		}
		var plan []string
		require.NoError(t, conn.SelectContext(t.Context(), &plan, call), query)
		plans[query] = plan
	}
	return plans
}

// useEverything runs what the API, the workflows and the console ask often.
func useEverything(t *testing.T, s *Store) {
	t.Helper()
	ctx, actor := t.Context(), people.System("test")
	u, err := s.CreateUser(ctx, actor, people.User{FullName: "u", Email: "u@example.org", ManagedDistribution: true})
	require.NoError(t, err)
	_, err = s.CreateDevice(ctx, actor, people.Device{Name: "d", Platform: people.IOS, UserID: u.ID})
	require.NoError(t, err)
	g, err := s.CreateGroup(ctx, actor, people.Group{Name: "g"})
	require.NoError(t, err)
	_, err = s.SetMembers(ctx, actor, g.ID, []string{u.ID}, nil)
	require.NoError(t, err)
	for range 2 {
		send := sendOne(t, s, actor, g.ID)
		for _, f := range []invitation.Filter{
			{}, {State: invitation.Queued}, {UserID: u.ID}, {GroupID: g.ID}, {SendID: send.ID}, {DeviceID: "d"},
		} {
			lists(t, s, f)
		}
		require.NoError(t, calls(ctx, s, actor, u.ID, send))
	}
	useConsole(t, s, u.ID, sendOne(t, s, actor, g.ID))
	useLog(t, s)
	useSCIM(t, s)
	useReads(t, s, u.ID, g.ID)
	useMDM(t, s, actor, u.ID)
	useDirectory(t, s, actor)
	useApple(t, s, actor, u.ID, sendOne(t, s, actor, g.ID))
}

// useReads reads what pages show beside lists.
func useReads(t *testing.T, s *Store, userID, groupID string) {
	t.Helper()
	ctx := t.Context()
	_, err := s.LastInvitations(ctx, userID)
	require.NoError(t, err)
	_, err = s.EnrollmentsOf(ctx, userID)
	require.NoError(t, err)
	_, err = s.GroupsInGroup(ctx, groupID, people.Cursor{}, 10)
	require.NoError(t, err)
	_, err = s.ContentAbove(ctx, content.Owner{UserID: userID})
	require.NoError(t, err)
	_, err = s.ContentAbove(ctx, content.Owner{GroupID: groupID})
	require.NoError(t, err)
	_, err = s.AssetHolders(ctx, "", content.AssetRef{}, people.Cursor{}, 10)
	require.NoError(t, err)
	_, err = s.AssetQueue(ctx, "", content.AssetRef{}, people.Cursor{}, 10)
	require.NoError(t, err)
}

func sendOne(t *testing.T, s *Store, actor people.Actor, groupID string) invitation.Send {
	t.Helper()
	p, err := s.CreatePlan(t.Context(), actor, invitation.Request{GroupID: groupID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	send, _, err := s.SendPlan(t.Context(), actor, p.ID, p.Digest, invitation.Schedule{ExpiresAfter: time.Hour, Reminders: []invitation.Reminder{
		{After: time.Minute, Via: invitation.ViaBoth},
	}})
	require.NoError(t, err)
	_, err = s.WritePage(t.Context(), send.ID, 0, 10)
	require.NoError(t, err)
	return send
}

func lists(t *testing.T, s *Store, f invitation.Filter) {
	t.Helper()
	cursor := people.Cursor{Key: "2026-01-01T00:00:00.000000Z", ID: "z"}
	for _, after := range []people.Cursor{{}, cursor} {
		_, err := s.ListInvitations(t.Context(), f, after, 10)
		require.NoError(t, err)
		_, err = s.ListActive(t.Context(), f, after, 10)
		require.NoError(t, err)
		_, err = s.ListCompleted(t.Context(), f, after, 10)
		require.NoError(t, err)
		_, err = s.ListSends(t.Context(), after, 10)
		require.NoError(t, err)
		_, err = s.ListEnrollments(t.Context(), f.GroupID, after, 10)
		require.NoError(t, err)
	}
	for _, after := range []people.Cursor{{}, cursor} {
		licenses := content.LicenseFilter{UserID: f.UserID, GroupID: f.GroupID}
		_, err := s.ListActiveLicenses(t.Context(), licenses, after, 10)
		require.NoError(t, err)
		_, err = s.ListCompletedLicenses(t.Context(), licenses, after, 10)
		require.NoError(t, err)
	}
	_, err := s.MatchInvitations(t.Context(), f, "", 10)
	require.NoError(t, err)
	_, err = s.CountInvitations(t.Context(), f)
	require.NoError(t, err)
}

func calls(ctx context.Context, s *Store, actor people.Actor, userID string, send invitation.Send) error {
	for _, call := range []func() error{
		func() error { _, err := s.ClaimPage(ctx, send.ID, 0, 10); return err },
		func() error {
			claim, err := s.ClaimUser(ctx, userID)
			if err != nil {
				return err
			}
			id := claim.Messages[0].DeliveryID
			_, err = s.Commit(ctx, []string{id}, []invitation.Result{{DeliveryID: id, Outcome: invitation.Outcome{Class: invitation.Taken}}})
			return err
		},
		func() error { _, err := s.PageStarts(ctx, send.ID, 0, 10); return err },
		func() error { _, err := s.PageAnswered(ctx, send.ID, 0, 10); return err },
		func() error { _, err := s.SendUsers(ctx, send.ID, "", 10); return err },
		func() error { _, err := s.OpenUsers(ctx, "", 10); return err },
		func() error { _, err := s.UnrecordedUsers(ctx, 10); return err },
		func() error { _, err := s.RunningSends(ctx, "", 10); return err },
		func() error { _, err := s.OpenBulks(ctx); return err },
		func() error { _, err := s.Record(ctx, userID); return err },
		func() error {
			page, err := s.ListActive(ctx, invitation.Filter{}, people.Cursor{}, 1)
			if err != nil {
				return err
			}
			one := page.Items[0].ID
			_, timelineErr := s.Timeline(ctx, one)
			_, linkErr := s.ByLink(ctx, []byte(one))
			_, answerErr := s.Answer(ctx, one, invitation.Decline, actor, invitation.SourceAPI)
			return firstOf(timelineErr, linkErr, answerErr)
		},
		func() error { _, err := s.Record(ctx, userID); return err },
		func() error { return s.CancelUser(ctx, actor, userID, "reason") },
		func() error { return s.Purge(ctx) },
	} {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
