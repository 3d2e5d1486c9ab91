package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// queueRecoded: a command whose invite code is dead does not come, and another
// does.
func queueRecoded(s *campus) {
	s.installToken()
	s.set(settings.NamePush(people.PushMDM), map[string]string{"topic": "com.apple.mgmt.x"})
	u := s.user("u")
	e, _ := s.managed(u)
	s.register(u)
	s.send(ofUser(u))
	first := s.inQueue(s.claim(u)[0])
	require.Empty(s.t, s.apply(open(u)).Wake, "Apple repeats itself")
	require.Equal(s.t, first, s.polled(e.EnrollmentID))

	s.clock.Advance(time.Hour)
	s.apply(left(u))
	_, err := s.ClaimAccounts(s.t.Context(), location, accounts(u))
	require.NoError(s.t, err)
	another := open(u)
	another.InviteCode = "another"
	require.Equal(s.t, []string{u.ID}, s.apply(another).Wake)
	require.Empty(s.t, s.polled(e.EnrollmentID))
	s.clock.Advance(time.Hour)
	messages := s.claim(u)
	require.Len(s.t, messages, 1, "the invitation is due at once")
	second := s.queue(messages[0])
	s.enqueue(e.EnrollmentID, second, "InviteToProgram")
	require.NotEqual(s.t, first, second)
	require.Equal(s.t, second, s.polled(e.EnrollmentID))
	one := s.only(u)
	require.Equal(s.t, []string{"created", "delivery_accepted", "code_renewed", "delivery_accepted"}, s.story(one.ID))
	require.Equal(s.t, s.clock.Now().Add(2*day-2*time.Hour), s.next(u).At, "reminders stay on their days")

	third := another
	third.InviteCode = "third"
	s.report(second, shows)
	require.Equal(s.t, []string{u.ID}, s.apply(third).Wake, "what was shown is worth nothing either")
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	require.Len(s.t, s.claim(u), 1)
}

// queueRecodedOnTheWire: a command that is written at the moment has the code
// that was.
func queueRecodedOnTheWire(s *campus) {
	s.installToken()
	s.set(settings.NamePush(people.PushMDM), map[string]string{"topic": "com.apple.mgmt.x"})
	u := s.user("u")
	s.managed(u)
	s.register(u)
	s.send(ofUser(u))
	m := s.claim(u)
	s.mark(m...)
	another := open(u)
	another.InviteCode = "another"
	require.Equal(s.t, []string{u.ID}, s.apply(another).Wake)
	s.keep(m[0])
	s.answer(took, m...)
	again := s.claim(u)
	require.Len(s.t, again, 1)
	require.NotEqual(s.t, m[0].SendKey, again[0].SendKey)
}

// queueRecodedOthers: a first code, and one for a mail, repeat nothing.
func queueRecodedOthers(s *campus) {
	s.installToken()
	s.set(settings.NamePush(people.PushMDM), map[string]string{"topic": "com.apple.mgmt.x"})
	waits, byMail := s.user("waits"), s.user("by mail")
	s.managed(waits)
	s.send(ofUser(waits))
	s.send(by(invitation.PolicyMail, ofUser(byMail)))
	m := s.claim(waits)
	s.deliver(byMail)
	for _, u := range []people.User{waits, byMail} {
		_, err := s.ClaimAccounts(s.t.Context(), location, accounts(u))
		require.NoError(s.t, err)
		require.Empty(s.t, s.apply(open(u)).Wake, u.FullName)
	}
	require.Equal(s.t, m, s.claim(waits), "what waited for the code leaves by the same key")
	require.Empty(s.t, s.claim(byMail))
}

// queueMoved: who belongs to another location is invited by its code.
func queueMoved(s *campus) {
	s.installPlaces(north, south)
	s.set(settings.NamePush(people.PushMDM), map[string]string{"topic": "com.apple.mgmt.x"})
	u := s.user("u")
	e, _ := s.managed(u)
	s.claimAt(north, u)
	s.tellAt(north, u, content.Registered)
	s.send(ofUser(u))
	s.inQueue(s.claim(u)[0])
	s.clock.Advance(time.Minute)
	s.change(u.ID, belongsTo(south))
	require.Empty(s.t, s.polled(e.EnrollmentID))
	s.claimAt(south, u)
	require.Empty(s.t, s.tellAt(south, u, content.Registered).Wake, "it is due already")
	again := s.claim(u)
	require.Len(s.t, again, 1)
	s.enqueue(e.EnrollmentID, s.queue(again[0]), "InviteToProgram")
	require.NotEmpty(s.t, s.polled(e.EnrollmentID))
}
