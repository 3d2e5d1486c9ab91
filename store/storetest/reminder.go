package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

const day = 24 * time.Hour

// remindersOf moves the clock from due time to due time and tells on which day
// and by which channels each reminder leaves.
func (s *campus) remindersOf(u people.User) map[time.Duration][]invitation.Channel {
	s.t.Helper()
	began := s.clock.Now()
	leaves := map[time.Duration][]invitation.Channel{}
	for {
		next := s.next(u)
		require.False(s.t, next.Done)
		require.False(s.t, next.Due)
		s.clock.Advance(next.At.Sub(s.clock.Now()))
		messages := s.deliver(u)
		if len(messages) == 0 {
			return leaves
		}
		for _, m := range messages {
			require.True(s.t, m.Reminder())
			leaves[s.clock.Now().Sub(began)] = append(leaves[s.clock.Now().Sub(began)], m.Channel)
		}
	}
}

func remind(s *campus) {
	alert, mail := invitation.ChannelAlert, invitation.ChannelMail
	for name, c := range map[string]struct {
		make func(u people.User) invitation.Request
		want map[time.Duration][]invitation.Channel
	}{
		"by push and mail": {
			func(u people.User) invitation.Request { s.live(u, "device"); return ofUser(u) },
			map[time.Duration][]invitation.Channel{2 * day: {alert}, 5 * day: {mail}, 10 * day: {alert, mail}},
		},
		"by mail": {
			func(u people.User) invitation.Request { s.device(u, "one"); s.device(u, "two"); return ofUser(u) },
			map[time.Duration][]invitation.Channel{5 * day: {mail}, 10 * day: {mail}},
		},
		"by push alone": {
			func(u people.User) invitation.Request {
				s.live(u, "device")
				return by(invitation.PolicyPush, ofUser(u))
			},
			map[time.Duration][]invitation.Channel{2 * day: {alert}, 10 * day: {alert}},
		},
		"two devices, one mail": {
			func(u people.User) invitation.Request { s.live(u, "one"); s.device(u, "two"); return ofUser(u) },
			map[time.Duration][]invitation.Channel{2 * day: {alert}, 5 * day: {mail}, 10 * day: {alert, mail}},
		},
	} {
		u := s.user(name)
		send := s.send(c.make(u))
		s.deliver(u)
		require.Equal(s.t, c.want, s.remindersOf(u), name)
		require.Equal(s.t, schedule().ExpiresAfter, s.clock.Now().Sub(s.again(send).CreatedAt), "nothing but the expiry is left")
		s.record(u)
		require.Equal(s.t, invitation.SendSettled, s.again(send).State)
	}
}

func remindQuietly(s *campus) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(s.t, err)
	u := s.user("u")
	s.device(u, "device")
	s.clock.Advance(time.Date(2026, 1, 5, 22, 30, 0, 0, amsterdam).Sub(s.clock.Now()))
	s.sendBy(ofUser(u), invitation.Schedule{
		ExpiresAfter: 3*day + 8*time.Hour,
		Reminders:    []invitation.Reminder{{After: day, Via: invitation.ViaMail}, {After: 3 * day, Via: invitation.ViaMail}},
		Quiet:        &invitation.QuietHours{From: 21 * time.Hour, To: 7 * time.Hour, TimeZone: "Europe/Amsterdam"},
	})
	require.Len(s.t, s.deliver(u), 1, "a first delivery is never delayed")
	require.True(s.t, time.Date(2026, 1, 7, 7, 0, 0, 0, amsterdam).Equal(s.next(u).At))
	require.Equal(s.t, map[time.Duration][]invitation.Channel{32*time.Hour + 30*time.Minute: {invitation.ChannelMail}}, s.remindersOf(u),
		"the second would leave after the expiry")
}

// remindByBoth: the two halves of a reminder are two deliveries; the next
// reminder waits for both.
func remindByBoth(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.sendBy(ofUser(u), invitation.Schedule{ExpiresAfter: 30 * day, Reminders: []invitation.Reminder{
		{After: day, Via: invitation.ViaBoth}, {After: 2 * day, Via: invitation.ViaMail},
	}})
	s.deliver(u)
	s.clock.Advance(day)
	halves := s.claim(u)
	require.Len(s.t, halves, 2)
	push, mail := halves[0], halves[1]
	require.True(s.t, push.Channel.Push())
	s.mark(push, mail)
	s.answer(took, push)
	s.answer(invitation.Outcome{Class: invitation.Later, Answer: "greylisted"}, mail)
	require.Equal(s.t, s.clock.Now().Add(30*time.Second), s.next(u).At, "the mail is tried again")
	s.clock.Advance(30 * time.Second)
	again := s.claim(u)
	require.Equal(s.t, []invitation.Message{mail}, again, "and it alone")
	s.mark(again...)
	s.answer(took, again...)
	require.Equal(s.t, s.only(u).SentAt.Add(2*day), s.next(u).At)
	require.Equal(s.t, 4, s.only(u).Attempts)

	s.clock.Advance(day)
	s.deliver(u)
	require.Equal(s.t, []string{"created", "delivery_accepted", "reminder_accepted", "postponed", "reminder_accepted", "reminder_accepted"},
		s.story(s.only(u).ID))
}

// remindTogether: both answers of a reminder come in one transaction.
func remindTogether(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.sendBy(ofUser(u), invitation.Schedule{ExpiresAfter: 30 * day, Reminders: []invitation.Reminder{{After: day, Via: invitation.ViaBoth}}})
	s.deliver(u)
	s.clock.Advance(day)
	halves := s.claim(u)
	s.mark(halves...)
	s.answer(invitation.Outcome{Class: invitation.Refused, Answer: "no"}, halves...)
	require.Equal(s.t, invitation.Sent, s.only(u).State, "a refused reminder ends nothing")
	require.Equal(s.t, s.only(u).ExpiresAt, s.next(u).At)
}

func remindStopped(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	s.send(ofUser(u))
	one := s.only(u)
	for range 2 {
		require.NoError(s.t, s.StopReminders(s.t.Context(), one.ID))
	}
	require.Len(s.t, s.deliver(u), 1, "the invitation goes on")
	require.Equal(s.t, one.ExpiresAt, s.next(u).At)
	require.Equal(s.t, []string{"invitation.reminders_stopped"}, s.actions(one.ID))

	v := s.user("v")
	s.live(v, "device")
	s.send(ofUser(v))
	s.deliver(v)
	s.clock.Advance(2 * day)
	held := s.claim(v)
	require.NoError(s.t, s.StopReminders(s.t.Context(), s.only(v).ID))
	require.NotEmpty(s.t, held)
	require.Empty(s.t, s.claim(v))
}

// remindPaused: nothing leaves while its send is paused.
func remindPaused(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	send := s.send(ofUser(u))
	s.deliver(u)
	_, err := s.PauseSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	s.clock.Advance(3 * day)
	require.Empty(s.t, s.claim(u))
	_, err = s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.Len(s.t, s.deliver(u), 1)
}
