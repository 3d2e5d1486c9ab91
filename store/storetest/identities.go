package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func zoe(role people.Role) people.Identity {
	return people.Identity{Issuer: "https://id.example.org", Subject: "s-1", Login: "zoe@example.org", Name: "Zoë", Verified: true, Role: role}
}

func signInByIdentity(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	a, err := s.AdministratorByIdentity(ctx, zoe(people.Operator))
	require.NoError(t, err)
	require.Equal(t, "https://id.example.org", a.Issuer)
	require.Equal(t, people.Operator, a.Role)
	again := zoe(people.Operator)
	again.Login, again.Name = "other@example.org", "Zoë Ünal"
	same, err := s.AdministratorByIdentity(ctx, again)
	require.NoError(t, err)
	require.Equal(t, a, same, "issuer and subject name the person; the rest is the administrator's own")

	promoted, err := s.AdministratorByIdentity(ctx, zoe(people.Admin))
	require.NoError(t, err)
	require.Equal(t, a.Epoch+1, promoted.Epoch, "another role ends sessions")

	elsewhere := zoe(people.Operator)
	elsewhere.Issuer = "https://evil.example"
	_, err = s.AdministratorByIdentity(ctx, elsewhere)
	requireCode(t, err, fault.Conflict)
	elsewhere.Login = "zoe@evil.example"
	other, err := s.AdministratorByIdentity(ctx, elsewhere)
	require.NoError(t, err)
	require.NotEqual(t, a.ID, other.ID)
}

func identityOfTheInvited(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	invited, err := s.CreateAdministrator(ctx, actor, people.Administrator{Name: "Zoë", Login: "Zoe@Example.org", Role: people.Viewer})
	require.NoError(t, err)
	claimed := zoe(people.Operator)
	claimed.Verified = false
	_, err = s.AdministratorByIdentity(ctx, claimed)
	requireCode(t, err, fault.Conflict)
	bound, err := s.AdministratorByIdentity(ctx, zoe(people.Operator))
	require.NoError(t, err)
	require.Equal(t, invited.ID, bound.ID)
	require.Equal(t, people.Operator, bound.Role)
	read, err := s.Administrator(ctx, invited.ID)
	require.NoError(t, err)
	require.Equal(t, read, bound)

	owner := addAdmin(t, s, "owner@example.org", people.Admin)
	thief := people.Identity{Issuer: "https://id.example.org", Subject: "s-2", Login: owner.Login, Verified: true, Role: people.Admin}
	_, err = s.AdministratorByIdentity(ctx, thief)
	requireCode(t, err, fault.Conflict) // who has a passphrase is not taken over
}

func identityOfTheLastAdmin(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	a, err := s.AdministratorByIdentity(t.Context(), zoe(people.Admin))
	require.NoError(t, err)
	_, err = s.AdministratorByIdentity(t.Context(), zoe(people.Viewer))
	requireCode(t, err, fault.Conflict)
	read, err := s.Administrator(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, people.Admin, read.Role)
}
