package storetest

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

func turnedByHand(t *testing.T, s *store.Store, id string, disabled bool) (people.User, error) {
	t.Helper()
	return s.UpdateUser(t.Context(), actor, id, nil, func(u people.User) (people.User, error) {
		u.Disabled = disabled
		return u, nil
	})
}

// disabledByHand disables and enables a user of Heraut's own.
func disabledByHand(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.send(ofUser(u))
	s.deliver(u)
	after, err := turnedByHand(s.t, s.Store, u.ID, true)
	require.NoError(s.t, err)
	require.True(s.t, after.Disabled)
	require.Equal(s.t, after, s.reread(u), "the version too")
	one := s.only(u)
	require.Equal(s.t, invitation.Cancelled, one.State)
	require.Equal(s.t, string(invitation.Disabled), one.LastAnswer)
	again, err := turnedByHand(s.t, s.Store, u.ID, true)
	require.NoError(s.t, err)
	require.Equal(s.t, after, again, "there already")
	after, err = turnedByHand(s.t, s.Store, u.ID, false)
	require.NoError(s.t, err)
	require.False(s.t, after.Disabled)
	require.Equal(s.t, 1, s.plan(ofUser(u)).Totals.Invitations)
	require.Contains(s.t, s.actions(u.ID), "user.enable")
	renamed, err := s.UpdateUser(s.t.Context(), actor, u.ID, &after.Version, func(u people.User) (people.User, error) {
		u.FullName, u.Disabled = "Renamed", true
		return u, nil
	})
	require.NoError(s.t, err)
	require.Equal(s.t, "Renamed", renamed.FullName)
	require.True(s.t, renamed.Disabled)
}

// disabledElsewhere refuses what the source of a user decides, until there is no
// source any more.
func disabledElsewhere(t *testing.T, s *store.Store) {
	t.Helper()
	client := addSCIMClient(t, s, "Entra")
	made := addSCIMUser(t, s, client, "anna")
	refused := func(disabled bool) {
		t.Helper()
		_, err := turnedByHand(t, s, made.ID, disabled)
		requireCode(t, err, fault.Conflict)
		require.Contains(t, err.Error(), `by SCIM from "Entra"`)
	}
	refused(true)
	_, _, err := s.UpdateSCIMUser(t.Context(), client, made.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.Active = false
		return u, nil
	})
	require.NoError(t, err)
	refused(false)
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, client.ID))
	after, err := turnedByHand(t, s, made.ID, false)
	require.NoError(t, err)
	require.False(t, after.Disabled, "nobody else is left to do it")
}

// disabledInADirectory is disabledElsewhere for a directory.
func disabledInADirectory(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	id := b.people(person("anna")).IDs["id-anna"]
	_, err := turnedByHand(t, s, id, true)
	requireCode(t, err, fault.Conflict)
	_, err = s.DisablePeople(t.Context(), b.run, []string{id})
	require.NoError(t, err)
	_, err = turnedByHand(t, s, id, false)
	requireCode(t, err, fault.Conflict)
	require.Contains(t, err.Error(), `the directory "School"`)
	require.NoError(t, s.DeleteDirectory(t.Context(), actor, b.dir.ID, nil))
	after, err := turnedByHand(t, s, id, false)
	require.NoError(t, err)
	require.False(t, after.Disabled)
}

func requireConflictAt(t *testing.T, err error, pointer string) {
	t.Helper()
	requireCode(t, err, fault.Conflict)
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok)
	require.Len(t, f.Fields, 1)
	require.Equal(t, pointer, f.Fields[0].Pointer)
}

// broughtIsChangedThere refuses what the next change by SCIM would undo, and
// deletions that the client would not know of.
func broughtIsChangedThere(t *testing.T, s *store.Store) {
	t.Helper()
	client := addSCIMClient(t, s, "Entra")
	made := addSCIMUser(t, s, client, "anna")
	g, _, err := s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: "4A"}, []string{made.ID})
	require.NoError(t, err)
	edit := func(edit func(*people.User)) error {
		_, err := s.UpdateUser(t.Context(), actor, made.ID, nil, func(u people.User) (people.User, error) {
			edit(&u)
			return u, nil
		})
		return err
	}
	rename := func(name string) error {
		_, err := s.UpdateGroup(t.Context(), actor, g.ID, nil, func(g people.Group) (people.Group, error) {
			g.Name, g.ManagedDistribution = name, true
			return g, nil
		})
		return err
	}
	for pointer, change := range map[string]func(*people.User){
		"/full_name": func(u *people.User) { u.FullName = "Forged" },
		"/email":     func(u *people.User) { u.Email = "forged@example.org" },
		"/language":  func(u *people.User) { u.Language = "en" },
	} {
		err := edit(change)
		requireConflictAt(t, err, pointer)
		require.Contains(t, err.Error(), `by SCIM from "Entra"`)
	}
	require.NoError(t, edit(func(u *people.User) {
		u.FullName, u.ManagedDistribution, u.ExternalID = u.FullName+" ", true, "7"
		u.ManagedAppleAccount = "anna@school.appleid.com"
	}), "what is Heraut's own")
	requireConflictAt(t, rename("4B"), "/name")
	require.NoError(t, rename(" 4A "))
	requireCode(t, s.DeleteUser(t.Context(), actor, made.ID, nil), fault.Conflict)
	requireCode(t, s.DeleteGroup(t.Context(), actor, g.ID, nil), fault.Conflict)
	_, _, err = s.UpdateSCIMUser(t.Context(), client, made.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.Profile.DisplayName = "Anna Bakker"
		return u, nil
	})
	require.NoError(t, err, "the client itself may")

	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, client.ID))
	require.NoError(t, edit(func(u *people.User) { u.FullName = "By hand" }))
	require.NoError(t, rename("4B"))
	require.NoError(t, s.DeleteGroup(t.Context(), actor, g.ID, nil))
	require.NoError(t, s.DeleteUser(t.Context(), actor, made.ID, nil))
}
