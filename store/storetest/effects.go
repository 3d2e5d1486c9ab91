package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// invite makes a user with an iPad and one open invitation. The services are
// the group's.
func invite(t *testing.T, s *store.Store, name string) (people.User, people.Device, people.Group) {
	t.Helper()
	u := addUser(t, s, name)
	d, err := s.CreateDevice(t.Context(), actor, people.Device{
		Name: "iPad", Platform: people.IPadOS, SerialNumber: name, UserID: u.ID, Push: channels()[:1],
	})
	require.NoError(t, err)
	g := addGroup(t, s, "group of "+name, []string{u.ID}, nil)
	g, err = s.UpdateGroup(t.Context(), actor, g.ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(t, err)
	plan, err := s.CreatePlan(t.Context(), actor, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	_, _, err = s.SendPlan(t.Context(), actor, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: time.Hour})
	require.NoError(t, err)
	requireOpen(t, s, u.ID, 1)
	return u, d, g
}

func requireOpen(t *testing.T, s *store.Store, userID string, n int) {
	t.Helper()
	page, err := s.ListActive(t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, n)
}

// effects are changes to people that make their open invitations void, and
// some that do not.
func effects(t *testing.T, s *store.Store) {
	t.Helper()
	for name, c := range map[string]struct {
		change func(people.User, people.Device, people.Group) error
		open   int
	}{
		"user deleted": {func(u people.User, _ people.Device, _ people.Group) error {
			return s.DeleteUser(t.Context(), actor, u.ID, nil)
		}, 0},
		"device deleted": {func(_ people.User, d people.Device, _ people.Group) error {
			return s.DeleteDevice(t.Context(), actor, d.ID, nil)
		}, 0},
		"device reassigned": {func(_ people.User, d people.Device, _ people.Group) error {
			return changeOwner(t, s, d.ID, addUser(t, s, "next").ID)
		}, 0},
		"device given back": {func(_ people.User, d people.Device, _ people.Group) error {
			return changeOwner(t, s, d.ID, "")
		}, 0},
		"device reassigned by roster": {func(_ people.User, d people.Device, _ people.Group) error {
			_, err := s.ApplyRoster(t.Context(), actor, people.Roster{Devices: []people.RosterDevice{
				{SerialNumber: d.SerialNumber, Name: d.Name, Platform: d.Platform},
			}}, people.RosterOptions{}, nil)
			return err
		}, 0},
		"group switched off": {func(_ people.User, _ people.Device, g people.Group) error { return switchGroup(t, s, g.ID, false) }, 0},
		"group deleted": {func(_ people.User, _ people.Device, g people.Group) error {
			return s.DeleteGroup(t.Context(), actor, g.ID, nil)
		}, 0},
		"left the group": {func(_ people.User, _ people.Device, g people.Group) error {
			_, err := s.SetMembers(t.Context(), actor, g.ID, nil, nil)
			return err
		}, 0},
		"moved into a group below": {func(u people.User, _ people.Device, g people.Group) error {
			below := addGroup(t, s, "below", []string{u.ID}, nil)
			_, err := s.SetMembers(t.Context(), actor, g.ID, nil, []string{below.ID})
			return err
		}, 1},
		"left with a group below": {func(u people.User, _ people.Device, g people.Group) error {
			below := addGroup(t, s, "below", []string{u.ID}, nil)
			_, err := s.SetMembers(t.Context(), actor, g.ID, nil, []string{below.ID})
			require.NoError(t, err)
			_, err = s.SetMembers(t.Context(), actor, g.ID, nil, nil)
			return err
		}, 0},
		"switched off, on by another": {func(u people.User, _ people.Device, g people.Group) error {
			require.NoError(t, switchUser(t, s, u.ID, true))
			return switchGroup(t, s, g.ID, false)
		}, 1},
		"own switch off, group's on": {func(u people.User, _ people.Device, _ people.Group) error {
			require.NoError(t, switchUser(t, s, u.ID, true))
			return switchUser(t, s, u.ID, false)
		}, 1},
		"own switch off, the last": {func(u people.User, _ people.Device, g people.Group) error {
			require.NoError(t, switchUser(t, s, u.ID, true))
			require.NoError(t, switchGroup(t, s, g.ID, false))
			return switchUser(t, s, u.ID, false)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			u, d, g := invite(t, s, name)
			require.NoError(t, c.change(u, d, g))
			requireOpen(t, s, u.ID, c.open)
		})
	}
}

func changeOwner(t *testing.T, s *store.Store, id, userID string) error {
	t.Helper()
	_, err := s.UpdateDevice(t.Context(), actor, id, nil, func(d people.Device) (people.Device, error) {
		d.UserID = userID
		return d, nil
	})
	return err
}

func switchUser(t *testing.T, s *store.Store, id string, on bool) error {
	t.Helper()
	_, err := s.UpdateUser(t.Context(), actor, id, nil, func(u people.User) (people.User, error) {
		u.ManagedDistribution = on
		return u, nil
	})
	return err
}

func switchGroup(t *testing.T, s *store.Store, id string, on bool) error {
	t.Helper()
	_, err := s.UpdateGroup(t.Context(), actor, id, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = on
		return g, nil
	})
	return err
}
