package storetest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func auditChain(t *testing.T, s *store.Store) {
	t.Helper()
	n, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)

	u, err := s.CreateUser(t.Context(), actor, people.User{FullName: "Jan", Email: "jan.secret@example.org"})
	require.NoError(t, err)
	_, err = s.CreateDevice(t.Context(), actor, people.Device{Name: "a", Platform: people.IOS, Push: []people.PushChannel{
		{Kind: people.PushMDM, Topic: "t", Token: "0a0b0c0d", PushMagic: "magic-word"},
	}})
	require.NoError(t, err)
	_, err = s.CreateUser(t.Context(), actor, people.User{})
	requireCode(t, err, fault.InvalidRequest) // leaves no row
	require.NoError(t, s.DeleteUser(t.Context(), actor, u.ID, nil))

	page, err := s.ListAudit(t.Context(), "", people.Cursor{}, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"user.delete", "device.create"}, names(page.Items, func(e people.AuditEntry) string { return e.Action }))
	require.Equal(t, actor, page.Items[0].Actor)
	page, err = s.ListAudit(t.Context(), "", *page.Next, 2)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.EqualValues(t, 1, page.Items[0].Seq)

	page, err = s.ListAudit(t.Context(), u.ID, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	for _, e := range page.Items {
		for _, secret := range []string{"jan.secret", "0a0b0c0d", "magic-word"} {
			require.NotContains(t, e.Was+e.Became, secret)
		}
	}
	_, err = s.ListAudit(t.Context(), "", people.Cursor{Key: "x"}, 2)
	requireCode(t, err, fault.InvalidRequest)

	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { _, _ = s.CreateUser(t.Context(), actor, people.User{FullName: "x", ExternalID: "same"}) }) // one of them wins
	}
	wg.Wait()
	n, err = s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 4, n)
}
