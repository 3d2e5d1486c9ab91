package storetest

import (
	"sync"
	"testing"
	"time"

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

	page, err := s.ListAudit(t.Context(), people.AuditFilter{}, people.Cursor{}, 2)
	require.NoError(t, err)
	require.Equal(t, []string{"user.delete", "device.create"}, names(page.Items, func(e people.AuditEntry) string { return e.Action }))
	require.Equal(t, actor, page.Items[0].Actor)
	page, err = s.ListAudit(t.Context(), people.AuditFilter{}, *page.Next, 2)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.EqualValues(t, 1, page.Items[0].Seq)

	page, err = s.ListAudit(t.Context(), people.AuditFilter{TargetID: u.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	for _, e := range page.Items {
		for _, secret := range []string{"jan.secret", "0a0b0c0d", "magic-word"} {
			require.NotContains(t, e.Was+e.Became, secret)
		}
	}
	_, err = s.ListAudit(t.Context(), people.AuditFilter{}, people.Cursor{Key: "x"}, 2)
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

func filterAudit(t *testing.T, s *store.Store) {
	t.Helper()
	other := people.Actor{Kind: people.ActorAdmin, ID: "admin_1%", Name: "Åsa"}
	u, err := s.CreateUser(t.Context(), other, people.User{FullName: "u"})
	require.NoError(t, err)
	addGroup(t, s, "g", []string{u.ID}, nil)
	require.NoError(t, s.DeleteUser(t.Context(), actor, u.ID, nil))
	by := func(f people.AuditFilter) []string {
		return everyPage(t, func(e people.AuditEntry) string { return e.Action }, func(after people.Cursor, limit int) (people.Page[people.AuditEntry], error) {
			return s.ListAudit(t.Context(), f, after, limit)
		})
	}
	all := []string{"user.delete", "group.members", "group.create", "user.create"}
	page, err := s.ListAudit(t.Context(), people.AuditFilter{}, people.Cursor{}, 9)
	require.NoError(t, err)
	made, members := page.Items[3].At, page.Items[1].At
	for name, c := range map[string]struct {
		f    people.AuditFilter
		want []string
	}{
		"nothing":             {people.AuditFilter{}, all},
		"actor":               {people.AuditFilter{ActorID: other.ID}, all[3:]},
		"nobody":              {people.AuditFilter{ActorID: "admin_1"}, []string{}},
		"target":              {people.AuditFilter{TargetID: u.ID}, []string{"user.delete", "user.create"}},
		"action":              {people.AuditFilter{Action: "user.create"}, all[3:]},
		"prefix":              {people.AuditFilter{Action: "user."}, []string{"user.delete", "user.create"}},
		"prefix of several":   {people.AuditFilter{Action: "group"}, all[1:3]},
		"no prefix":           {people.AuditFilter{Action: "_"}, []string{}},
		"since the beginning": {people.AuditFilter{Since: made}, all},
		"until the beginning": {people.AuditFilter{Until: made}, []string{}},
		"since":               {people.AuditFilter{Since: members}, all[:2]},
		"until":               {people.AuditFilter{Until: members}, all[2:]},
		"since for ever":      {people.AuditFilter{Since: members.Add(time.Hour)}, []string{}},
		"action and actor":    {people.AuditFilter{Action: "user.", ActorID: other.ID}, all[3:]},
	} {
		require.Equal(t, c.want, by(c.f), name)
	}
}
