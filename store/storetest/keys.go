package storetest

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func apiKeys(t *testing.T, s *store.Store) {
	t.Helper()
	_, _, err := s.CreateKey(t.Context(), actor, people.APIKey{Name: "x", Role: "root"})
	requireCode(t, err, fault.InvalidRequest)
	made, secret, err := s.CreateKey(t.Context(), actor, people.APIKey{Name: "scripts", Role: people.Operator})
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(secret, "heraut_"+made.ID+"_"))

	got, err := s.Authenticate(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, made, got)
	_, err = s.Authenticate(t.Context(), secret)
	require.NoError(t, err)

	other, otherSecret, err := s.CreateKey(t.Context(), actor, people.APIKey{Name: "other", Role: people.Viewer})
	require.NoError(t, err)
	word := otherSecret[strings.LastIndex(otherSecret, "_")+1:]
	for _, wrong := range []string{
		"", "heraut_", "heraut__", secret + "x", secret[:len(secret)-1], strings.ToUpper(secret), " " + secret,
		"heraut_" + made.ID + "_" + word, "heraut_" + made.ID + "_", "heraut_" + made.ID,
		"heraut_00000000-0000-7000-8000-000000000000_" + word, "heraut_' OR 1=1_x", strings.Repeat("a", 100_000),
	} {
		_, err := s.Authenticate(t.Context(), wrong)
		requireCode(t, err, fault.Unauthenticated)
	}

	page, err := s.ListKeys(t.Context(), people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, made.ID, page.Items[0].ID)
	require.False(t, page.Items[0].LastUsedAt.IsZero())
	page, err = s.ListKeys(t.Context(), *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, []people.APIKey{other}, page.Items)

	require.NoError(t, s.RevokeKey(t.Context(), actor, made.ID))
	_, err = s.Authenticate(t.Context(), secret)
	requireCode(t, err, fault.Unauthenticated)
	requireCode(t, s.RevokeKey(t.Context(), actor, made.ID), fault.NotFound)

	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: made.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, log.Items, 2)
	require.NotContains(t, log.Items[1].Became, secret[len(secret)-20:])
}
