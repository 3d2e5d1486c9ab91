package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

// addAdmin makes an administrator who can sign in.
func addAdmin(t *testing.T, s *store.Store, login string, role people.Role) people.Administrator {
	t.Helper()
	a, err := s.CreateAdministrator(t.Context(), actor, people.Administrator{Name: "Name of " + login, Login: login, Role: role})
	require.NoError(t, err)
	a, err = s.SetPassphrase(t.Context(), actor, a.ID, "hash of "+login)
	require.NoError(t, err)
	return a
}

func withRole(role people.Role) func(people.Administrator) (people.Administrator, error) {
	return func(a people.Administrator) (people.Administrator, error) {
		a.Role = role
		return a, nil
	}
}

func createAdministrators(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	ctx := t.Context()
	a, err := s.CreateAdministrator(ctx, actor, people.Administrator{Name: " Zoë ", Login: "Zoë@Example.org", Role: people.Operator})
	require.NoError(t, err)
	require.Equal(t, "Zoë", a.Name)
	require.Equal(t, clock.Now(), a.CreatedAt)
	require.False(t, a.CanSignIn())
	got, err := s.Administrator(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, a, got)

	for _, login := range []string{"zoë@example.org", "ZOË@EXAMPLE.ORG", "zoe\u0308@example.org"} {
		_, err = s.CreateAdministrator(ctx, actor, people.Administrator{Name: "x", Login: login, Role: people.Viewer})
		requireCode(t, err, fault.Conflict)
		taken, _ := errors.AsType[*fault.Error](err)
		require.Equal(t, "/login", taken.Fields[0].Pointer)
		found, hash, err := s.Credentials(ctx, login)
		require.NoError(t, err)
		require.Equal(t, a, found)
		require.Empty(t, hash)
	}
	_, _, err = s.Credentials(ctx, "zoe@example.org")
	requireCode(t, err, fault.NotFound)
	_, err = s.Administrator(ctx, "nobody")
	requireCode(t, err, fault.NotFound)
	_, err = s.CreateAdministrator(ctx, actor, people.Administrator{Name: "x", Login: "x", Role: "owner"})
	requireCode(t, err, fault.InvalidRequest)

	b, err := s.CreateAdministrator(ctx, actor, people.Administrator{Name: "B", Login: "b", Role: people.Admin})
	require.NoError(t, err)
	page, err := s.ListAdministrators(ctx, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, []people.Administrator{a}, page.Items)
	page, err = s.ListAdministrators(ctx, *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, []people.Administrator{b}, page.Items)
	require.Nil(t, page.Next)

	log, err := s.ListAudit(ctx, people.AuditFilter{TargetID: a.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Contains(t, log.Items[0].Became, "Z…@Example.org", "no address in a log that can not be erased")
}

func updateAdministrator(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	a := addAdmin(t, s, "a", people.Operator)
	addAdmin(t, s, "b", people.Viewer)
	version := a.Version
	got, err := s.UpdateAdministrator(ctx, actor, a.ID, &version, func(a people.Administrator) (people.Administrator, error) {
		a.Name, a.Login, a.Language, a.Theme = "Anna", "anna", "nl", people.ThemeDark
		a.ID, a.Epoch, a.HasPassphrase = "not edit's", 99, false
		return a, nil
	})
	require.NoError(t, err)
	require.Equal(t, version+1, got.Version)
	read, err := s.Administrator(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, read, got)
	require.Equal(t, a.Epoch, got.Epoch, "who keeps the role stays signed in")
	require.True(t, got.HasPassphrase)

	_, err = s.UpdateAdministrator(ctx, actor, a.ID, &version, withRole(people.Viewer))
	requireCode(t, err, fault.PreconditionFailed)
	requireCode(t, s.DeleteAdministrator(ctx, actor, a.ID, &version), fault.PreconditionFailed)
	_, err = s.UpdateAdministrator(ctx, actor, "nobody", nil, withRole(people.Viewer))
	requireCode(t, err, fault.NotFound)
	_, err = s.UpdateAdministrator(ctx, actor, a.ID, nil, func(a people.Administrator) (people.Administrator, error) {
		a.Login = "B"
		return a, nil
	})
	requireCode(t, err, fault.Conflict)
	_, err = s.UpdateAdministrator(ctx, actor, a.ID, nil, withRole("owner"))
	requireCode(t, err, fault.InvalidRequest)

	require.NoError(t, s.DeleteAdministrator(ctx, actor, a.ID, nil))
	requireCode(t, s.DeleteAdministrator(ctx, actor, a.ID, nil), fault.NotFound)
}

func lastAdmin(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	none, err := s.HasAdministrator(ctx)
	require.NoError(t, err)
	require.False(t, none)
	a := addAdmin(t, s, "a", people.Admin)
	invited, err := s.CreateAdministrator(ctx, actor, people.Administrator{Name: "i", Login: "invited", Role: people.Admin})
	require.NoError(t, err)
	some, err := s.HasAdministrator(ctx)
	require.NoError(t, err)
	require.True(t, some)

	_, err = s.UpdateAdministrator(ctx, actor, a.ID, nil, withRole(people.Operator))
	requireCode(t, err, fault.Conflict) // an admin who never signed in may never do
	requireCode(t, s.DeleteAdministrator(ctx, actor, a.ID, nil), fault.Conflict)
	_, err = s.UpdateAdministrator(ctx, actor, invited.ID, nil, withRole(people.Viewer))
	require.NoError(t, err)

	b := addAdmin(t, s, "b", people.Admin)
	require.NoError(t, s.DeleteAdministrator(ctx, actor, a.ID, nil))
	requireCode(t, s.DeleteAdministrator(ctx, actor, b.ID, nil), fault.Conflict)
}

func lastAdminAtOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ids := []string{addAdmin(t, s, "a", people.Admin).ID, addAdmin(t, s, "b", people.Admin).ID, addAdmin(t, s, "c", people.Admin).ID}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() { _, _ = s.UpdateAdministrator(t.Context(), actor, id, nil, withRole(people.Viewer)) }) // one must fail: seen below
	}
	all.Wait()
	page, err := s.ListAdministrators(t.Context(), people.Cursor{}, 9)
	require.NoError(t, err)
	var admins int
	for _, a := range page.Items {
		if a.Role == people.Admin {
			admins++
		}
	}
	require.Equal(t, 1, admins, "two admins took the role of each other")
}

func changePassphrase(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	a := addAdmin(t, s, "a", people.Admin)
	got, err := s.SetPassphrase(t.Context(), actor, a.ID, "another")
	require.NoError(t, err)
	require.Equal(t, a.Epoch+1, got.Epoch)
	read, hash, err := s.Credentials(t.Context(), "A")
	require.NoError(t, err)
	require.Equal(t, "another", hash)
	require.Equal(t, read, got)
	_, err = s.SetPassphrase(t.Context(), actor, "nobody", "x")
	requireCode(t, err, fault.NotFound)
	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: a.ID}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, "administrator.passphrase", log.Items[0].Action)
	require.NotContains(t, log.Items[0].Became, "another")
}
