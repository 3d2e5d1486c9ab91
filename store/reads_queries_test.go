package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

// useConsole runs what the console's pages ask.
func useConsole(t *testing.T, s *Store, userID string, send invitation.Send) {
	t.Helper()
	ctx, next := t.Context(), people.Cursor{Key: "2026-01-01T00:00:00.000000Z", ID: "z"}
	for _, after := range []people.Cursor{{}, next} {
		for _, sort := range []invitation.Sort{invitation.Newest, invitation.Oldest, invitation.NextAction} {
			for _, f := range []invitation.Filter{
				{},
				{Channel: invitation.ChannelMail},
				{WaitingFor: invitation.WaitingPause},
				{WaitingFor: invitation.WaitingDevice},
				{Marked: true},
				{CreatedBefore: time.Now(), CreatedAfter: time.Now()},
				{Query: "u", SendID: send.ID},
				{Query: "nobody"},
			} {
				f.Sort = sort
				_, err := s.ListActive(ctx, f, after, 10)
				require.NoError(t, err)
				_, err = s.CountInvitations(ctx, f)
				require.NoError(t, err)
			}
		}
		_, err := s.ListCompleted(ctx, invitation.Filter{Query: "u", SettledAfter: time.Now()}, after, 10)
		require.NoError(t, err)
		for _, reason := range []invitation.Reason{"", invitation.NoDevice} {
			_, err = s.PlanSkips(ctx, send.PlanID, reason, people.Cursor{}, 10)
			require.NoError(t, err)
		}
		_, err = s.GroupsOfUser(ctx, userID, after, 10)
		require.NoError(t, err)
	}
	for _, read := range []func() error{
		func() error { _, err := s.NamedTargets(ctx, send.PlanID, people.Cursor{}, 10); return err },
		func() error {
			_, err := s.ListUsers(ctx, people.UserFilter{State: people.Invited}, people.Cursor{}, 10)
			return err
		},
		func() error { _, err := s.Search(ctx, "u", 10); return err },
		func() error { _, err := s.Counts(ctx); return err },
		func() error { _, err := s.SendProgress(ctx, send.ID, time.Time{}, time.Hour); return err },
		func() error {
			_, err := s.ListGroups(ctx, people.GroupFilter{Query: "g"}, people.Cursor{}, 10)
			return err
		},
		func() error {
			_, err := s.ListActiveLicenses(ctx, content.LicenseFilter{}, people.Cursor{}, 10)
			return err
		},
	} {
		require.NoError(t, read())
	}
}

// useLog reads the audit log in each way.
func useLog(t *testing.T, s *Store) {
	t.Helper()
	for _, f := range []people.AuditFilter{{}, {ActorID: "a"}, {TargetID: "t"}, {Action: "user."}, {Since: time.Now()}, {Until: time.Now()}} {
		for _, after := range []people.Cursor{{}, {Key: "9"}} {
			_, err := s.ListAudit(t.Context(), f, after, 10)
			require.NoError(t, err)
		}
	}
}

// ownIndexes are made for one kind of question each, which SQLite must answer
// by them.
var ownIndexes = []string{
	"audit_by_actor", "audit_by_action", "audit_by_target", "audit_by_time", "invitations_next", "invitations_marked", "invitations_outcome", "invitations_channel", "invitations_waiting",
}
