package storetest

import (
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// commandShown: what the device shows moves the invitation forward, and counts
// as sent wherever that counts.
func commandShown(s *campus) {
	s.ready()
	u, _, uuid := s.invited(invitation.PolicyAuto)
	next := s.next(u)
	s.clock.Advance(time.Second)
	require.Zero(s.t, s.report(uuid, shows), "nothing new to do")
	one := s.only(u)
	require.Equal(s.t, invitation.Shown, one.State)
	require.Equal(s.t, "Acknowledged", one.LastAnswer)
	require.Equal(s.t, invitation.WaitingAnswer, one.WaitingFor)
	require.Equal(s.t, []string{"created", "delivery_accepted", "shown"}, s.story(one.ID))
	require.Equal(s.t, next, s.next(u), "reminders stay")
	require.Equal(s.t, people.Invited, s.reread(u).State)

	newest, active, completed := s.lists()
	for _, f := range []invitation.Filter{{State: invitation.Shown}, {UserID: u.ID}, {UserID: u.ID, State: invitation.Shown}} {
		require.Equal(s.t, []string{one.ID}, s.all(newest, f))
		require.Equal(s.t, []string{one.ID}, s.all(active, f))
		require.Empty(s.t, s.all(completed, f))
	}
	require.Empty(s.t, s.all(newest, invitation.Filter{State: invitation.Sent}))
	n, err := s.CountInvitations(s.t.Context(), invitation.Filter{State: invitation.Shown})
	require.NoError(s.t, err)
	require.Equal(s.t, 1, n)
	send, err := s.Send(s.t.Context(), one.SendIDs[0])
	require.NoError(s.t, err)
	require.Equal(s.t, 1, s.again(send).Counts[invitation.Shown])
	require.Equal(s.t, invitation.Shown, s.view(one.ID).State)

	mdm, mail := invitation.ChannelMDM, invitation.ChannelMail
	s.clock.Advance(-time.Second)
	require.Equal(s.t, map[time.Duration][]invitation.Channel{2 * day: {mdm}, 5 * day: {mail}, 10 * day: {mdm, mail}}, s.remindersOf(u))
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	s.clock.Advance(-day)
	s.say(invitation.Accept, one.ID)
	s.record(u)
	require.Equal(s.t, invitation.Accepted, s.only(u).State)
}

// commandShownFirst: the device can be faster than APNs' answer, and what it
// showed was taken.
func commandShownFirst(s *campus) {
	s.ready()
	for _, marked := range []bool{true, false} {
		u := s.user("u")
		s.managed(u)
		s.send(ofUser(u))
		m := s.claim(u)
		uuid := s.keep(m[0])
		if marked {
			s.mark(m...)
		}
		s.report(uuid, shows)
		one := s.only(u)
		require.Equal(s.t, invitation.Shown, one.State)
		require.Equal(s.t, s.clock.Now(), one.SentAt)
		require.Equal(s.t, people.Invited, s.reread(u).State)
		s.answer(took, m...)
		require.Equal(s.t, 1, s.only(u).Attempts)
		require.Equal(s.t, invitation.Shown, s.only(u).State)
		require.Equal(s.t, s.clock.Now().Add(2*day), s.next(u).At)
		require.Equal(s.t, []string{"created", "delivery_accepted", "shown"}, s.story(one.ID))
	}
}

// commandShownAfterDead: the wake-up found no device, and the device came by itself.
func commandShownAfterDead(s *campus) {
	s.ready()
	u := s.user("u")
	s.managed(u)
	s.send(ofUser(u))
	m := s.claim(u)
	uuid := s.keep(m[0])
	s.mark(m...)
	s.answer(invitation.Outcome{Class: invitation.TokenDead, Answer: "Unregistered", DeadSince: s.clock.Now()}, m...)
	s.report(uuid, shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	mail := s.deliver(u)
	require.Equal(s.t, invitation.ChannelMail, mail[0].Channel, "what stood in leaves all the same")
	require.Equal(s.t, invitation.Shown, s.only(u).State)
}

// commandNotNow: the invitation waits for its device, whatever comes first.
func commandNotNow(s *campus) {
	s.ready()
	u, _, uuid := s.invited(invitation.PolicyAuto)
	for range 3 {
		require.Zero(s.t, s.report(uuid, notNow))
	}
	one := s.only(u)
	require.Equal(s.t, invitation.Sent, one.State)
	require.Equal(s.t, invitation.WaitingDevice, one.WaitingFor)
	require.Equal(s.t, []string{"created", "delivery_accepted", "not_now"}, s.story(one.ID), "once")
	s.report(uuid, shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	require.Equal(s.t, invitation.WaitingAnswer, s.only(u).WaitingFor)
	s.report(uuid, notNow)
	require.Equal(s.t, invitation.WaitingAnswer, s.only(u).WaitingFor, "only forward")

	v := s.user("v")
	s.managed(v)
	s.send(ofUser(v))
	m := s.claim(v)
	uuid = s.keep(m[0])
	s.mark(m...)
	s.report(uuid, notNow)
	require.Equal(s.t, invitation.Queued, s.only(v).State)
	s.answer(took, m...)
	require.Equal(s.t, invitation.Sent, s.only(v).State)
	require.Equal(s.t, invitation.WaitingDevice, s.only(v).WaitingFor)
}

// commandRefused: a device that will not show it lets mail stand in under
// auto, and ends the invitation otherwise.
func commandRefused(s *campus) {
	s.ready()
	for _, r := range []invitation.Report{
		refuses,
		{Status: "CommandFormatError"},
		{Status: "Acknowledged", Result: "InvalidProgramID"},
		{Status: "Error", Result: "InvalidInvitationURL"},
	} {
		u, _, uuid := s.invited(invitation.PolicyAuto)
		s.clock.Advance(time.Hour)
		require.Equal(s.t, invitation.Decided{UserID: u.ID}, s.report(uuid, r))
		require.Zero(s.t, s.report(uuid, r), "once")
		one := s.only(u)
		require.Equal(s.t, invitation.Sent, one.State)
		require.Equal(s.t, invitation.ChannelMail, one.Channel)
		require.Equal(s.t, r.Answer(), one.LastAnswer)
		s.clock.Advance(time.Second)
		mail := s.deliver(u)
		require.Len(s.t, mail, 1)
		require.Equal(s.t, invitation.ChannelMail, mail[0].Channel)
		require.Equal(s.t, 0, mail[0].Number)
		require.Equal(s.t, s.clock.Now().Add(5*day), s.next(u).At, "reminders count from the mail")
		require.Equal(s.t, []string{"created", "delivery_accepted", "device_refused", "channel_changed", "delivery_accepted"}, s.story(one.ID))
	}

	u, _, uuid := s.invited(invitation.PolicyPush)
	send := s.only(u).SendIDs[0]
	require.Equal(s.t, invitation.Decided{UserID: u.ID}, s.report(uuid, refuses))
	require.Equal(s.t, invitation.Failed, s.only(u).State)
	require.Equal(s.t, "Error: The invitation can not be shown.", s.only(u).LastAnswer)
	read, err := s.Send(s.t.Context(), send)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.SendSettled, read.State)

	v := s.user("v")
	s.managed(v)
	s.change(v.ID, noAddress)
	group := s.send(ofGroup(s.group(v)))
	s.write(group)
	uuid = s.queue(s.claim(v)[0])
	require.Equal(s.t, invitation.Decided{UserID: v.ID, SettledSends: []string{group.ID}}, s.report(uuid, refuses))
	require.Equal(s.t, invitation.Failed, s.only(v).State, "nothing can stand in")
}

// commandRefusedFirst: the device refuses before APNs has answered.
func commandRefusedFirst(s *campus) {
	s.ready()
	u := s.user("u")
	s.managed(u)
	s.device(u, "another")
	s.send(ofUser(u))
	messages := s.claim(u)
	require.Len(s.t, messages, 2)
	for _, m := range messages {
		s.mark(m)
		if m.Channel == invitation.ChannelMail {
			s.answer(took, m)
			continue
		}
		s.report(s.keep(m), refuses)
		s.answer(took, m)
		require.Equal(s.t, 1, s.invitation(m.InvitationID).Attempts)
	}
	require.Empty(s.t, s.deliver(u), "the user has had this occasion's mail")
	for _, one := range s.invitations(invitation.Filter{UserID: u.ID}) {
		require.Equal(s.t, invitation.Sent, one.State)
		require.Equal(s.t, invitation.ChannelMail, one.Channel)
	}
}

// commandRefusedReminder: a reminder that the device does not show ends
// nothing that was shown.
func commandRefusedReminder(s *campus) {
	s.ready()
	u, _, first := s.invited(invitation.PolicyPush)
	s.report(first, shows)
	s.clock.Advance(2 * day)
	m := s.claim(u)
	uuid := s.keep(m[0])
	s.mark(m...)
	require.Equal(s.t, invitation.Decided{UserID: u.ID}, s.report(uuid, refuses), "the next reminder comes")
	s.answer(took, m...)
	one := s.only(u)
	require.Equal(s.t, invitation.Shown, one.State)
	require.Equal(s.t, invitation.ChannelMDM, one.Channel)
	require.Equal(s.t, s.clock.Now().Add(8*day), s.next(u).At)
	require.Equal(s.t, []string{"created", "delivery_accepted", "shown", "reminder_refused", "device_refused"}, s.story(one.ID))
}

// commandRefusedOld: a later command decides.
func commandRefusedOld(s *campus) {
	s.ready()
	u, _, first := s.invited(invitation.PolicyAuto)
	s.report(first, notNow)
	s.clock.Advance(2 * day)
	second := s.queue(s.claim(u)[0])
	require.Zero(s.t, s.report(first, refuses))
	require.Equal(s.t, invitation.ChannelMDM, s.only(u).Channel)
	require.Equal(s.t, invitation.Decided{UserID: u.ID}, s.report(second, refuses))
	require.Equal(s.t, invitation.ChannelMail, s.only(u).Channel)

	v, _, before := s.invited(invitation.PolicyAuto)
	s.send(ofUser(v))
	require.Zero(s.t, s.report(before, refuses), "it was of an earlier send")
	require.Equal(s.t, invitation.ChannelMDM, s.claim(v)[0].Channel)
}

// commandUnclear: an acknowledgement without a result shows nothing.
func commandUnclear(s *campus) {
	s.ready()
	u, _, uuid := s.invited(invitation.PolicyAuto)
	require.Zero(s.t, s.report(uuid, invitation.Report{Status: "Idle"}))
	require.Zero(s.t, s.report(uuid, invitation.Report{Status: "Acknowledged"}))
	require.Equal(s.t, invitation.Sent, s.only(u).State)
	require.Equal(s.t, []string{"created", "delivery_accepted", "device_answered"}, s.story(s.only(u).ID))
}

// commandChangesNothing: strangers, repetitions and what comes too late.
func commandChangesNothing(s *campus) {
	s.ready()
	for _, r := range []invitation.Report{shows, notNow, refuses} {
		require.Zero(s.t, s.report("unknown", r))
		u, _, uuid := s.invited(invitation.PolicyAuto)
		one := s.only(u)
		s.say(invitation.Decline, one.ID)
		before, story := s.only(u), s.story(one.ID)
		require.Zero(s.t, s.report(uuid, r))
		require.Equal(s.t, before, s.only(u))
		require.Equal(s.t, story, s.story(one.ID))

		v, _, uuid := s.invited(invitation.PolicyAuto)
		s.clock.Advance(schedule().ExpiresAfter)
		require.Zero(s.t, s.report(uuid, r))
		s.record(v)
		require.Equal(s.t, invitation.Expired, s.only(v).State, "the expiry was first")
	}
	u, _, uuid := s.invited(invitation.PolicyAuto)
	s.report(uuid, invitation.Report{Status: "Error", Words: strings.Repeat("é\x00\n", 400)})
	require.LessOrEqual(s.t, len(s.only(u).LastAnswer), 500)
	require.NotContains(s.t, s.only(u).LastAnswer, "\n")
}

// commandAtOnce: of answers that come twice at once, one counts.
func commandAtOnce(s *campus) {
	s.ready()
	for _, r := range []invitation.Report{shows, refuses} {
		u, _, uuid := s.invited(invitation.PolicyAuto)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := s.CommandReported(s.t.Context(), uuid, r); err != nil {
					s.t.Errorf("reporting: %v", err)
				}
			})
		}
		wg.Wait()
		want := 3
		if r == refuses {
			want = 4 // and the channel changed
		}
		require.Len(s.t, s.story(s.only(u).ID), want)
	}
}

// commandKept: keeping a command again changes nothing.
func commandKept(s *campus) {
	s.ready()
	u := s.user("u")
	s.managed(u)
	s.device(u, "by mail")
	s.send(ofUser(u))
	for _, m := range s.claim(u) {
		c := invitation.Command{UUID: "UUID", DeliveryID: m.DeliveryID, EnrollmentID: "e"}
		if m.Channel == invitation.ChannelMail {
			requireCode(s.t, s.KeepCommand(s.t.Context(), c), fault.NotFound)
			continue
		}
		for range 3 {
			require.NoError(s.t, s.KeepCommand(s.t.Context(), c))
		}
		s.report("UUID", notNow)
		require.NoError(s.t, s.KeepCommand(s.t.Context(), c))
		require.Len(s.t, s.story(m.InvitationID), 3)
	}
	requireCode(s.t, s.KeepCommand(s.t.Context(), invitation.Command{UUID: "other", DeliveryID: "none"}), fault.NotFound)
}

// commandSilent: a command without any answer can be repeated by another name.
func commandSilent(s *campus) {
	s.ready()
	silent := func() []invitation.SilentCommand {
		list, err := s.SilentCommands(s.t.Context(), day, 10)
		require.NoError(s.t, err)
		return list
	}
	u, e, uuid := s.invited(invitation.PolicyAuto)
	_, _, answered := s.invited(invitation.PolicyAuto)
	s.report(answered, shows)
	gone, _, _ := s.invited(invitation.PolicyAuto)
	s.say(invitation.Decline, s.only(gone).ID)
	require.Empty(s.t, silent())
	queued := s.clock.Now()
	s.clock.Advance(day)
	list := silent()
	require.Len(s.t, list, 1)
	one := s.only(u)
	require.Equal(s.t, uuid, list[0].UUID)
	require.Equal(s.t, e.EnrollmentID, list[0].EnrollmentID)
	require.Equal(s.t, []string{one.ID, u.ID, one.Device.ID}, []string{list[0].InvitationID, list[0].UserID, list[0].DeviceID})
	require.Equal(s.t, queued, list[0].QueuedAt)

	for range 2 {
		decided, err := s.RepeatCommand(s.t.Context(), uuid)
		require.NoError(s.t, err)
		require.Empty(s.t, silent())
		require.True(s.t, decided.UserID == u.ID || decided.UserID == "")
	}
	s.clock.Advance(time.Minute)
	m := s.claim(u)
	require.Len(s.t, m, 1)
	second := s.queue(m[0])
	require.NotEqual(s.t, uuid, second)
	require.Equal(s.t, s.clock.Now().Add(day-time.Minute), s.next(u).At, "the reminders stay on their days")
	require.Equal(s.t, []string{"created", "delivery_accepted", "command_silent", "delivery_accepted"}, s.story(one.ID))
	s.report(uuid, refuses)
	require.Equal(s.t, invitation.ChannelMDM, s.only(u).Channel, "the old one decides nothing")
	s.report(second, shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	_, err := s.RepeatCommand(s.t.Context(), "unknown")
	requireCode(s.t, err, fault.NotFound)
}
