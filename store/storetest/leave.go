package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// leave has an identity provider take a user over who is there already, and
// say that the user has left. The answer lets the user come back.
func leave(t *testing.T, s *store.Store, u people.User) (back func()) {
	t.Helper()
	_, err := s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
		u.ExternalID = "leaver " + u.ID
		return u, nil
	})
	require.NoError(t, err)
	client := addSCIMClient(t, s, "Entra")
	p := people.SCIMProfile{DisplayName: u.FullName, Emails: []people.SCIMEmail{{Value: u.Email}}}
	made, err := s.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: u.FullName, ExternalID: "leaver " + u.ID, Active: true, Profile: p})
	require.NoError(t, err)
	require.Equal(t, u.ID, made.ID)
	turn := func(active bool) {
		t.Helper()
		_, after, err := s.UpdateSCIMUser(t.Context(), client, u.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
			u.Active = active
			return u, nil
		})
		require.NoError(t, err)
		require.Equal(t, active, after.Active)
	}
	turn(false)
	return func() { turn(true) }
}

// leaversAreNotInvited: neither by a plan, nor by what was planned before.
func leaversAreNotInvited(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.send(ofUser(u))
	s.deliver(u)
	back := leave(s.t, s.Store, u)
	one := s.only(u)
	require.Equal(s.t, invitation.Cancelled, one.State)
	require.Equal(s.t, string(invitation.Disabled), one.LastAnswer)
	require.True(s.t, s.reread(u).Disabled)
	require.Contains(s.t, s.actions(u.ID), "user.disable")
	on, err := s.ServicesOn(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	require.False(s.t, on)
	plan := s.plan(ofUser(u))
	require.Zero(s.t, plan.Totals.Invitations)
	require.Equal(s.t, map[invitation.Reason]int{invitation.ServicesOff: 1}, plan.Totals.Skipped)

	back()
	require.False(s.t, s.reread(u).Disabled)
	require.Contains(s.t, s.actions(u.ID), "user.enable")
	require.Equal(s.t, 1, s.plan(ofUser(u)).Totals.Invitations)
}

// licensesOfLeavers come back, and are given again to who returns.
func licensesOfLeavers(l *library) {
	users := l.accepted("leaves", "stays")
	l.assign(l.group(users...), app)
	l.give(app)
	back := leave(l.t, l.Store, users[0])
	require.Equal(l.t, content.PlannedLicenses{Releasing: 1}, l.planned())
	l.settleAll(l.claimBatch(app, content.Disassociate, 100), content.HasNot)
	require.Equal(l.t, content.LicenseReleased, l.licensesOf(users[0])[app])
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(users[1])[app])

	back()
	require.Equal(l.t, people.Enrolled, l.reread(users[0]).State, "the account at Apple was kept")
	require.Equal(l.t, content.PlannedLicenses{Waiting: 1}, l.planned())
}

// leaversAreNotRegistered: nobody asks Apple to enroll who has left, though a
// plan wanted it.
func leaversAreNotRegistered(s *campus) {
	s.installToken()
	silent, loud := s.withAccount(s.user("silent")), s.user("loud")
	s.send(ofUser(silent))
	send := s.send(by(invitation.PolicyMail, ofGroup(s.group(loud))))
	require.Equal(s.t, []string{silent.ID}, s.wanted())
	require.Equal(s.t, []string{loud.ID}, s.unregistered(send, 0, 1, 10))
	back := leave(s.t, s.Store, silent)
	leave(s.t, s.Store, loud)
	require.Empty(s.t, s.wanted())
	require.Empty(s.t, s.unregistered(send, 0, 1, 10))
	back()
	require.Equal(s.t, []string{silent.ID}, s.wanted())
}
