package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// servicesLost: what a change would end is told before, and is what it then
// ends. A user with a switch of their own, or in another group that has one, keeps
// the services.
func servicesLost(s *campus) {
	inner, other := s.someone("inner"), s.someone("other")
	alone, twice, own := s.someone("alone"), s.someone("twice"), s.user("own")
	below := s.group(inner)
	class := s.circle("class", []people.User{alone, twice, own}, below)
	second := s.circle("second", []people.User{twice, other})
	s.light(class, true)
	s.light(second, true)
	for _, u := range []people.User{inner, alone, twice, own, other} {
		s.device(u, "device")
		s.send(by(invitation.PolicyMail, ofUser(u)))
	}
	ctx := s.t.Context()
	ending := func(e invitation.Ending, err error) []string {
		require.NoError(s.t, err)
		require.Len(s.t, e.UserIDs, e.Invitations)
		return e.UserIDs
	}
	require.Empty(s.t, ending(s.EndingWithUser(ctx, alone.ID)), "the group has it on")
	require.ElementsMatch(s.t, []string{inner.ID, alone.ID}, ending(s.EndingWithGroup(ctx, class.ID)))
	require.Equal(s.t, []string{other.ID}, ending(s.EndingWithGroup(ctx, second.ID)))
	require.Empty(s.t, ending(s.EndingWithGroup(ctx, below.ID)), "it has no switch of its own")
	require.Equal(s.t, []string{alone.ID}, ending(s.EndingWithMembers(ctx, class.ID, []string{alone.ID, twice.ID, own.ID}, nil)))
	require.Equal(s.t, []string{inner.ID}, ending(s.EndingWithMembers(ctx, class.ID, nil, []string{below.ID})))
	require.Empty(s.t, ending(s.EndingWithMembers(ctx, below.ID, []string{alone.ID}, nil)), "they are not in it")

	require.Len(s.t, s.invitations(invitation.Filter{State: invitation.Queued}), 5, "nothing has changed")
	s.light(class, false)
	require.Len(s.t, s.invitations(invitation.Filter{State: invitation.Cancelled}), 2)
	s.change(twice.ID, func(u *people.User) { u.ManagedDistribution = true })
	require.Empty(s.t, ending(s.EndingWithUser(ctx, twice.ID)), "the second group has it on")
	s.light(second, false)
	require.Equal(s.t, []string{twice.ID}, ending(s.EndingWithUser(ctx, twice.ID)))
}

// someone is a user with an address and without a switch.
func (s *campus) someone(name string) people.User {
	s.t.Helper()
	u, err := s.CreateUser(s.t.Context(), actor, people.User{FullName: name, Email: name + "@example.org"})
	require.NoError(s.t, err)
	return u
}

// circle is a group of users and groups.
func (s *campus) circle(name string, users []people.User, groups ...people.Group) people.Group {
	s.t.Helper()
	g, err := s.CreateGroup(s.t.Context(), actor, people.Group{Name: name})
	require.NoError(s.t, err)
	var userIDs, groupIDs []string
	for _, u := range users {
		userIDs = append(userIDs, u.ID)
	}
	for _, inner := range groups {
		groupIDs = append(groupIDs, inner.ID)
	}
	g, err = s.SetMembers(s.t.Context(), actor, g.ID, userIDs, groupIDs)
	require.NoError(s.t, err)
	return g
}

// light turns the services of a group on or off.
func (s *campus) light(g people.Group, on bool) {
	s.t.Helper()
	_, err := s.UpdateGroup(s.t.Context(), actor, g.ID, nil, func(g people.Group) (people.Group, error) { g.ManagedDistribution = on; return g, nil })
	require.NoError(s.t, err)
}
