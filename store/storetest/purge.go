package storetest

import (
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// purgeCommands: what was asked of devices goes when nothing depends on it.
func purgeCommands(s *campus) {
	s.ready()
	open, _, waiting := s.invited(invitation.PolicyAuto)
	answered, _, shown := s.invited(invitation.PolicyAuto)
	gone, _, silent := s.invited(invitation.PolicyAuto)
	s.report(shown, shows)
	for _, u := range []people.User{answered, gone} {
		require.NoError(s.t, s.CancelUser(s.t.Context(), actor, u.ID, "over"))
	}
	kept := func(uuid string) bool {
		_, err := s.RepeatCommand(s.t.Context(), uuid) // for what is settled it does nothing
		if err != nil {
			requireCode(s.t, err, fault.NotFound)
		}
		return err == nil
	}
	s.clock.Advance(90 * day)
	require.NoError(s.t, s.Purge(s.t.Context()))
	require.True(s.t, kept(shown) && kept(silent))

	s.clock.Advance(time.Second)
	require.NoError(s.t, s.Purge(s.t.Context()))
	require.False(s.t, kept(shown) || kept(silent))
	require.True(s.t, kept(waiting), "its invitation is open")
	require.Zero(s.t, s.report(shown, shows), "nobody is waiting for it")
	require.Equal(s.t, invitation.Cancelled, s.only(answered).State)
	require.Equal(s.t, invitation.Sent, s.only(open).State)
}

// purgeLinks: links and what was made by them go, many of them too.
func purgeLinks(s *campus) {
	u := s.user("u")
	const many = 1100 // more than one statement deletes
	for range many {
		_, err := s.CreateChallenge(s.t.Context(), u.ID, "", challengeLife)
		require.NoError(s.t, err)
	}
	old := enrollmentLink(s.t, s.Store, u.ID)
	_, err := s.CreateChallenge(s.t.Context(), u.ID, old.ID, challengeLife)
	require.NoError(s.t, err)
	s.clock.Advance(linkLife + 90*day)
	fresh := enrollmentLink(s.t, s.Store, s.user("v").ID)
	require.NoError(s.t, s.Purge(s.t.Context()))
	_, err = s.EnrollmentLink(s.t.Context(), old.ID)
	require.NoError(s.t, err, "its page can say that it is over")

	s.clock.Advance(time.Second)
	require.NoError(s.t, s.Purge(s.t.Context()))
	_, err = s.EnrollmentLink(s.t.Context(), old.ID)
	requireCode(s.t, err, fault.NotFound)
	_, err = s.EnrollmentLink(s.t.Context(), fresh.ID)
	require.NoError(s.t, err)
}

// purgeQueues: the queues of the built-in MDM server are kept for a month.
func purgeQueues(s *campus) {
	m := s.MDM()
	const id = "UDID"
	device := store.MDMEnrollment{ID: id, Type: "Device"}
	require.NoError(s.t, m.Authenticated(s.t.Context(), device, []byte("message")))
	require.NoError(s.t, m.TokenUpdated(s.t.Context(), device, store.MDMPush{Topic: "t", Token: []byte{1}, Magic: "m"}, nil, []byte("message")))
	ask := func() string {
		name := uuid.NewString()
		unknown, err := m.Enqueue(s.t.Context(), []string{id}, store.MDMCommand{UUID: name, RequestType: "DeviceInformation", Raw: []byte("x")})
		require.NoError(s.t, err)
		require.Empty(s.t, unknown)
		return name
	}
	done, waits := ask(), ask()
	require.NoError(s.t, m.Report(s.t.Context(), id, done, "Acknowledged", []byte("said")))
	queue := func() []string {
		list, err := m.Commands(s.t.Context(), id, 9)
		require.NoError(s.t, err)
		return names(list, func(c store.MDMQueued) string { return c.UUID })
	}
	s.clock.Advance(30 * day)
	require.NoError(s.t, s.Purge(s.t.Context()))
	require.Equal(s.t, []string{waits, done}, queue())
	s.clock.Advance(time.Second)
	require.NoError(s.t, s.Purge(s.t.Context()))
	require.Equal(s.t, []string{waits}, queue(), "its device may come yet")
}
