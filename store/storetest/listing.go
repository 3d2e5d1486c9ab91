package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

type listed func(f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)

// all reads a list page by page.
func (s *campus) all(list listed, f invitation.Filter) []string {
	s.t.Helper()
	var ids []string
	for after := (people.Cursor{}); ; {
		page, err := list(f, after, 2)
		require.NoError(s.t, err)
		require.LessOrEqual(s.t, len(page.Items), 2)
		for _, i := range page.Items {
			require.Equal(s.t, s.invitation(i.ID), i)
			ids = append(ids, i.ID)
		}
		if page.Next == nil {
			return ids
		}
		after = *page.Next
	}
}

func (s *campus) lists() (newest, active, completed listed) {
	return func(f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
			return s.ListInvitations(s.t.Context(), f, after, limit)
		}, func(f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
			return s.ListActive(s.t.Context(), f, after, limit)
		}, func(f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
			return s.ListCompleted(s.t.Context(), f, after, limit)
		}
}

func listInvitations(s *campus) {
	users, send := s.class(5)
	other := s.user("other")
	device := s.live(other, "device")
	alone := s.send(ofUser(other))
	var ids []string // the newest first
	for _, u := range append(users, other) {
		ids = append([]string{s.only(u).ID}, ids...)
	}
	// The last settled comes first: users 1, then 3.
	s.say(invitation.Accept, s.only(users[1]).ID)
	s.clock.Advance(time.Second)
	s.say(invitation.Decline, s.only(users[3]).ID)

	newest, active, completed := s.lists()
	require.Equal(s.t, ids, s.all(newest, invitation.Filter{}))
	require.Equal(s.t, []string{ids[0], ids[1], ids[3], ids[5]}, s.all(active, invitation.Filter{}))
	require.Equal(s.t, []string{ids[2], ids[4]}, s.all(completed, invitation.Filter{}))

	for name, c := range map[string]struct {
		filter invitation.Filter
		want   []string
	}{
		"state":           {invitation.Filter{State: invitation.Accepted}, []string{ids[4]}},
		"user":            {invitation.Filter{UserID: users[0].ID}, []string{ids[5]}},
		"device":          {invitation.Filter{DeviceID: device.ID}, []string{ids[0]}},
		"send":            {invitation.Filter{SendID: alone.ID}, []string{ids[0]}},
		"group":           {invitation.Filter{GroupID: send.GroupID}, ids[1:]},
		"send and state":  {invitation.Filter{SendID: send.ID, State: invitation.Declined}, []string{ids[2]}},
		"group and user":  {invitation.Filter{GroupID: send.GroupID, UserID: other.ID}, nil},
		"unknown device":  {invitation.Filter{DeviceID: "none"}, nil},
		"group and send":  {invitation.Filter{GroupID: send.GroupID, SendID: send.ID}, ids[1:]},
		"user and device": {invitation.Filter{UserID: other.ID, DeviceID: device.ID}, []string{ids[0]}},
	} {
		require.Equal(s.t, c.want, s.all(newest, c.filter), name)
	}
	n, err := s.CountInvitations(s.t.Context(), invitation.Filter{GroupID: send.GroupID})
	require.NoError(s.t, err)
	require.Equal(s.t, 3, n, "open ones alone")
	match, err := s.MatchInvitations(s.t.Context(), invitation.Filter{GroupID: send.GroupID}, ids[5], 1)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{ids[3]}, match)

	for _, list := range []listed{newest, active, completed} {
		_, err := list(invitation.Filter{State: "odd"}, people.Cursor{}, 1)
		requireCode(s.t, err, fault.InvalidRequest)
	}
	_, err = completed(invitation.Filter{}, people.Cursor{ID: "x"}, 1)
	requireCode(s.t, err, fault.InvalidRequest)
	_, err = s.Invitation(s.t.Context(), "none")
	requireCode(s.t, err, fault.NotFound)
	_, err = s.ByLink(s.t.Context(), []byte("none"))
	requireCode(s.t, err, fault.NotFound)
}

// waitingFor: what holds up many invitations is said by what holds them up.
func waitingFor(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	send := s.send(ofUser(u))
	is := func(want invitation.WaitingFor, next time.Time) {
		s.t.Helper()
		one := s.only(u)
		require.Equal(s.t, want, one.WaitingFor)
		require.True(s.t, next.Equal(one.NextActionAt), "%s is not %s", next, one.NextActionAt)
	}
	is("", s.clock.Now())

	until, err := s.RouteDown(s.t.Context(), invitation.RouteMail, "no route", 0)
	require.NoError(s.t, err)
	is(invitation.WaitingRelay, until)
	_, err = s.PauseSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	is(invitation.WaitingPause, time.Time{})
	_, err = s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.NoError(s.t, s.RouteUp(s.t.Context(), invitation.RouteMail))

	s.limit(1)
	s.lease(1, 1)
	is(invitation.WaitingLimit, s.clock.Now().Add(time.Minute))
	s.clock.Advance(time.Minute)
	is("", s.clock.Now().Add(-time.Minute))

	s.deliver(u)
	is(invitation.WaitingAnswer, s.clock.Now().Add(5*day))
	_, err = s.RouteDown(s.t.Context(), invitation.RouteMail, "no route", 0)
	require.NoError(s.t, err)
	is(invitation.WaitingAnswer, s.clock.Now().Add(5*day))
	s.say(invitation.Accept, s.only(u).ID)
	is("", time.Time{})
}

// timeline tells a life in order, with the provider's words and who did what.
func timeline(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	one := s.only(u)
	s.clock.Advance(time.Second)
	m := s.claim(u)
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.Later, Answer: "450 later"}, m...)
	s.clock.Advance(time.Minute)
	s.deliver(u)
	s.clock.Advance(time.Minute)
	_, err := s.CancelInvitation(s.t.Context(), actor, one.ID)
	require.NoError(s.t, err)

	events, err := s.Timeline(s.t.Context(), one.ID)
	require.NoError(s.t, err)
	at := one.CreatedAt
	require.Equal(s.t, []invitation.Event{
		{At: at, What: "created", Channel: invitation.ChannelMail},
		{At: at.Add(time.Second), What: "postponed", Channel: invitation.ChannelMail, Answer: "450 later"},
		{At: at.Add(61 * time.Second), What: "delivery_accepted", Channel: invitation.ChannelMail, Answer: "2.0.0 Ok"},
		{At: at.Add(121 * time.Second), What: "cancelled", Answer: "cancelled_by_operator", Actor: "api_key: tests"},
	}, events)
	events, err = s.Timeline(s.t.Context(), "none")
	require.NoError(s.t, err)
	require.Empty(s.t, events)
}

// pageView is what the invited person sees.
func pageView(s *campus) {
	u := s.change(s.user("Åsa").ID, func(u *people.User) { u.Language = "nl" })
	s.device(u, "iPad")
	s.device(u, "Mac")
	s.send(ofUser(u))
	all := s.invitations(invitation.Filter{UserID: u.ID})
	want := invitation.View{
		ID: all[0].ID, UserID: u.ID, FullName: "Åsa", Language: "nl", Devices: []string{"Mac", "iPad"},
		State: invitation.Queued, ExpiresAt: s.clock.Now().Add(schedule().ExpiresAfter),
	}
	require.Equal(s.t, want, s.view(all[0].ID))
	s.say(invitation.Accept, all[0].ID)
	want.State, want.SettledAt = invitation.Accepted, s.clock.Now()
	require.Equal(s.t, want, s.view(all[0].ID))
}
