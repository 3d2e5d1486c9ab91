package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func startUsers(s *campus) {
	u, v := s.user("Ursula"), s.user("v")
	s.live(u, "iPad")
	s.live(u, "iPhone")
	s.live(v, "device")
	send := s.send(ofGroup(s.group(u, v)))
	s.write(send)
	s.deliver(u)

	starts, err := s.PageStarts(s.t.Context(), send.ID, 0, 3)
	require.NoError(s.t, err)
	require.Len(s.t, starts, 2)
	require.Equal(s.t, invitation.Start{
		UserID: u.ID, FullName: "Ursula", Devices: []string{"iPad", "iPhone"}, SendID: send.ID, GroupID: send.GroupID,
		Since: s.clock.Now(), At: s.clock.Now().Add(2 * day), Due: starts[0].Due,
	}, starts[0])
	end := s.clock.Now().Add(30 * day)
	require.Equal(s.t, []time.Time{s.clock.Now().Add(2 * day), end, s.clock.Now().Add(2 * day), end}, starts[0].Due, "a reminder and the end of each")
	require.Equal(s.t, s.clock.Now(), starts[1].At, "a first delivery is due")
	starts, err = s.PageStarts(s.t.Context(), send.ID, 2, 3)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{v.ID}, names(starts, func(x invitation.Start) string { return x.UserID }))

	start, ok, err := s.UserStart(s.t.Context(), v.ID)
	require.NoError(s.t, err)
	require.True(s.t, ok)
	require.Equal(s.t, starts[0], start)
	users, err := s.SendUsers(s.t.Context(), send.ID, "", 1)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{u.ID}, users)
	users, err = s.SendUsers(s.t.Context(), send.ID, u.ID, 5)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{v.ID}, users)

	s.say(invitation.Accept, s.only(v).ID)
	answered, err := s.PageAnswered(s.t.Context(), send.ID, 0, 3)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{v.ID}, answered)
	s.record(v)
	_, ok, err = s.UserStart(s.t.Context(), v.ID)
	require.NoError(s.t, err)
	require.False(s.t, ok)
	answered, err = s.PageAnswered(s.t.Context(), send.ID, 0, 3)
	require.NoError(s.t, err)
	require.Empty(s.t, answered)
}

func openUsers(s *campus) {
	users, send := s.class(3)
	alone := s.user("alone")
	s.live(alone, "device")
	open := func(after string, limit int) []string {
		starts, err := s.OpenUsers(s.t.Context(), after, limit)
		require.NoError(s.t, err)
		return names(starts, func(x invitation.Start) string { return x.UserID })
	}
	s.clock.Advance(2 * time.Minute)
	s.send(ofUser(alone))
	s.say(invitation.Decline, s.only(users[1]).ID)
	require.Equal(s.t, []string{users[0].ID}, open("", 1))
	require.Len(s.t, open(users[0].ID, 10), 2)
	require.Equal(s.t, users[2].ID, open(users[0].ID, 10)[0])

	starts, err := s.OpenUsers(s.t.Context(), "", 10)
	require.NoError(s.t, err)
	for _, x := range starts {
		age := 2 * time.Minute
		if x.UserID == alone.ID {
			age = 0
		}
		require.Equal(s.t, age, s.clock.Now().Sub(x.Since))
	}

	_, err = s.CancelSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.NotContains(s.t, open("", 10), users[0].ID)
}

func runningSends(s *campus) {
	_, first := s.class(1)
	_, second := s.class(1)
	alone := s.user("alone")
	s.live(alone, "device")
	s.send(ofUser(alone))
	running := func(after string, limit int) []string {
		sends, err := s.RunningSends(s.t.Context(), after, limit)
		require.NoError(s.t, err)
		return names(sends, func(x invitation.RunningSend) string { return x.ID })
	}
	sends, err := s.RunningSends(s.t.Context(), "", 1)
	require.NoError(s.t, err)
	require.Equal(s.t, first.CreatedAt, sends[0].Since)
	_, err = s.PauseSend(s.t.Context(), actor, second.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{first.ID, second.ID}, running("", 10), "group sends alone, paused ones too")
	require.Equal(s.t, []string{first.ID}, running("", 1))
	require.Equal(s.t, []string{second.ID}, running(first.ID, 1))
	_, err = s.CancelSend(s.t.Context(), actor, first.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, []string{second.ID}, running("", 10))
}

// resumed: what came due during a pause is due since its end, so that
// Reconcile knows from when on it may miss it.
func resumed(s *campus) {
	users, send := s.class(1)
	at := func() time.Time {
		start, ok, err := s.UserStart(s.t.Context(), users[0].ID)
		require.NoError(s.t, err)
		require.True(s.t, ok)
		return start.At
	}
	require.WithinDuration(s.t, s.clock.Now(), at(), time.Millisecond)
	for range 2 { // a second time says no other time
		_, err := s.PauseSend(s.t.Context(), actor, send.ID)
		require.NoError(s.t, err)
	}
	s.clock.Advance(24 * time.Hour)
	_, err := s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	end := s.clock.Now()
	s.clock.Advance(time.Minute)
	_, err = s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)

	require.WithinDuration(s.t, end, at(), time.Millisecond)
	sends, err := s.RunningSends(s.t.Context(), "", 10)
	require.NoError(s.t, err)
	require.WithinDuration(s.t, end, sends[0].Resumed, time.Millisecond)
	_, err = s.PauseSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	sends, err = s.RunningSends(s.t.Context(), "", 10)
	require.NoError(s.t, err)
	require.WithinDuration(s.t, end, sends[0].Resumed, time.Millisecond, "a pause keeps when the last one ended")
}

// woken: Reconcile is told for what it woke a workflow before.
func woken(s *campus) {
	users, send := s.class(2)
	told := func() (ofUsers []time.Time, ofSend time.Time) {
		starts, err := s.OpenUsers(s.t.Context(), "", 10)
		require.NoError(s.t, err)
		sends, err := s.RunningSends(s.t.Context(), "", 10)
		require.NoError(s.t, err)
		return names(starts, func(x invitation.Start) time.Time { return x.Woken }), sends[0].Woken
	}
	ofUsers, ofSend := told()
	require.Equal(s.t, []time.Time{{}, {}}, ofUsers)
	require.Zero(s.t, ofSend)

	for range 2 { // the second moves them on
		s.clock.Advance(time.Hour)
		now := s.clock.Now()
		both := []invitation.Told{{ID: users[1].ID, For: now}, {ID: users[0].ID, For: now.Add(time.Minute)}}
		require.NoError(s.t, s.NoteWokenUsers(s.t.Context(), both))
		require.NoError(s.t, s.NoteWokenSends(s.t.Context(), []invitation.Told{{ID: send.ID, For: now}}))
		ofUsers, ofSend = told()
		require.Equal(s.t, []time.Time{now.Add(time.Minute), now}, ofUsers)
		require.Equal(s.t, now, ofSend)
	}

	s.clock.Advance(2 * day)
	require.NoError(s.t, s.Purge(s.t.Context()))
	ofUsers, _ = told()
	require.NotContains(s.t, ofUsers, time.Time{}, "what is open is remembered")
	_, err := s.CancelSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.NoError(s.t, s.Purge(s.t.Context()))
	again := s.send(ofGroup(s.group(users...)))
	s.write(again)
	ofUsers, _ = told()
	require.Equal(s.t, []time.Time{{}, {}}, ofUsers, "what is over is forgotten")
}

func cancelUser(s *campus) {
	u := s.user("u")
	s.live(u, "one")
	s.live(u, "two")
	engine := people.Actor{Kind: people.ActorEngine}
	send := s.send(ofUser(u))
	for range 2 {
		require.NoError(s.t, s.CancelUser(s.t.Context(), engine, u.ID, "workflow terminated"))
	}
	require.Equal(s.t, 2, s.again(send).Counts[invitation.Cancelled])
	require.Equal(s.t, invitation.SendSettled, s.again(send).State)
	events, err := s.Timeline(s.t.Context(), s.invitations(invitation.Filter{UserID: u.ID})[0].ID)
	require.NoError(s.t, err)
	require.Equal(s.t, "engine", events[1].Actor)
	require.Equal(s.t, "workflow terminated", events[1].Answer)
	require.Equal(s.t, []string{"user.create", "invitation.cancel"}, s.actions(u.ID), "cancelling nothing is no change")
}

func purge(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	unsent := s.plan(ofUser(u))
	send := s.send(ofUser(u))
	s.clock.Advance(24 * time.Hour)
	require.NoError(s.t, s.Purge(s.t.Context()))
	_, err := s.Plan(s.t.Context(), unsent.ID)
	require.NoError(s.t, err)
	s.clock.Advance(2 * time.Hour)
	require.NoError(s.t, s.Purge(s.t.Context()))
	_, err = s.Plan(s.t.Context(), unsent.ID)
	requireCode(s.t, err, fault.NotFound)
	require.Empty(s.t, s.targets(unsent))
	require.Len(s.t, s.targets(s.planOf(send)), 1, "what was sent stays")
}
