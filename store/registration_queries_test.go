package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// useApple runs the queries about accounts at Apple.
func useApple(t *testing.T, s *Store, actor people.Actor, userID string, send invitation.Send) {
	t.Helper()
	ctx, at := t.Context(), "uid-1"
	_, err := s.PutSetting(ctx, actor, settings.NameContentToken, settings.ContentToken{UID: at}, []byte("token"), nil)
	require.NoError(t, err)
	account := []content.NewAccount{{UserID: userID, ClientUserID: s.clientUserID(userID)}}
	told := func(state content.AccountState) {
		_, err := s.ApplyAccounts(ctx, at, []content.Account{{ClientUserID: account[0].ClientUserID, State: state, InviteCode: "code"}})
		require.NoError(t, err)
	}
	_, _, err = s.Unregistered(ctx, at, send.ID, 0, 1, 10)
	require.NoError(t, err)
	_, _, err = s.UserUnregistered(ctx, at, userID)
	require.NoError(t, err)
	_, err = s.WantedAccounts(ctx, at, 10)
	require.NoError(t, err)
	for range 2 {
		_, err = s.MoveAccounts(ctx)
		require.NoError(t, err)
		require.NoError(t, s.TokenRefused(ctx, at, 9625, "revoked"))
		_, err = s.ClaimAccounts(ctx, at, account)
		require.NoError(t, err)
		require.NoError(t, s.SubmitAccounts(ctx, at, account, "event"))
		_, err = s.Submitted(ctx, at, []string{userID})
		require.NoError(t, err)
		_, err = s.RefuseAccounts(ctx, at, []content.Refusal{{UserID: userID, Answer: "busy"}})
		require.NoError(t, err)
		require.NoError(t, s.ReleaseAccounts(ctx, at, account))
		told(content.Registered)
		_, err = s.InviteCode(ctx, userID)
		require.NoError(t, err)
		told(content.Associated)
		require.NoError(t, s.DeleteEnrollment(ctx, actor, userID))
		_, err = s.ClaimRetiring(ctx, at, 10)
		require.NoError(t, err)
		require.NoError(t, s.RefuseRetiring(ctx, at, []string{userID}, "refused"))
		told(content.Retired)
	}
	_, err = s.UsersVersion(ctx, at)
	require.NoError(t, err)
	require.NoError(t, s.KeepUsersVersion(ctx, at, "v", true))
	_, err = s.SeeNotification(ctx, "n")
	require.NoError(t, err)
	require.NoError(t, s.Purge(ctx))
	require.NoError(t, s.DeleteSetting(ctx, actor, settings.NameContentToken))
}
