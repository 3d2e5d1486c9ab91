package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// inQueue puts the command of a message into the built-in server's queue.
func (s *campus) inQueue(m invitation.Message) string {
	s.t.Helper()
	uuid := s.queue(m)
	device := store.MDMEnrollment{ID: m.EnrollmentID, Type: "Device"}
	push := store.MDMPush{Topic: "t", Token: []byte{1}, Magic: "m"}
	require.NoError(s.t, s.MDM().Authenticated(s.t.Context(), device, []byte("message")))
	require.NoError(s.t, s.MDM().TokenUpdated(s.t.Context(), device, push, nil, []byte("message")))
	s.enqueue(m.EnrollmentID, uuid, "InviteToProgram")
	return uuid
}

func (s *campus) enqueue(id, uuid, requestType string) {
	s.t.Helper()
	unknown, err := s.MDM().Enqueue(s.t.Context(), []string{id}, store.MDMCommand{UUID: uuid, RequestType: requestType, Raw: []byte("command")})
	require.NoError(s.t, err)
	require.Empty(s.t, unknown)
}

// polled is the command that a device gets; empty: none.
func (s *campus) polled(id string) string {
	s.t.Helper()
	c, _, err := s.MDM().Next(s.t.Context(), id, false)
	require.NoError(s.t, err)
	return c.UUID
}

// ended are the last words of a device's commands, the newest first.
func (s *campus) ended(id string) []string {
	s.t.Helper()
	list, err := s.MDM().Commands(s.t.Context(), id, 100)
	require.NoError(s.t, err)
	return names(list, func(c store.MDMQueued) string { return c.Status })
}

// waiting makes a user whose iPad is away, with an invitation in its queue.
func (s *campus) waiting() (people.User, people.EnrolledDevice, string) {
	s.t.Helper()
	s.ready()
	u := s.user("u")
	e, _ := s.managed(u)
	s.send(ofUser(u))
	messages := s.claim(u)
	require.Len(s.t, messages, 1)
	return u, e, s.inQueue(messages[0])
}

// queueWithdrawn: whatever ends an invitation while its device is away, nobody
// is shown it, and what was queued beside it comes.
func queueWithdrawn(s *campus) {
	ctx := s.t.Context()
	for name, end := range map[string]func(u people.User, d people.Device) error{
		"cancelled": func(u people.User, _ people.Device) error { return s.CancelUser(ctx, actor, u.ID, "over") },
		"reassigned": func(_ people.User, d people.Device) error {
			b := s.user("B")
			_, err := s.UpdateDevice(ctx, actor, d.ID, nil, func(d people.Device) (people.Device, error) {
				d.UserID = b.ID
				return d, nil
			})
			return err
		},
		"device deleted": func(_ people.User, d people.Device) error { return s.DeleteDevice(ctx, actor, d.ID, nil) },
		"user deleted":   func(u people.User, _ people.Device) error { return s.DeleteUser(ctx, actor, u.ID, nil) },
		"services off": func(u people.User, _ people.Device) error {
			s.change(u.ID, noServices)
			return nil
		},
	} {
		u, e, uuid := s.waiting()
		s.enqueue(e.EnrollmentID, "other "+name, "DeviceInformation")
		require.Equal(s.t, uuid, s.polled(e.EnrollmentID), name)
		require.NoError(s.t, end(u, s.byUDID(e)), name)
		require.Equal(s.t, "other "+name, s.polled(e.EnrollmentID), name)
		require.Equal(s.t, []string{"", "Withdrawn"}, s.ended(e.EnrollmentID), name)
	}
}

// queueWithdrawnLate: the answer of a device that had got the command before is
// kept, and a command that nobody could get any more can be queued again.
func queueWithdrawnLate(s *campus) {
	u, e, uuid := s.waiting()
	require.NoError(s.t, s.CancelUser(s.t.Context(), actor, u.ID, "over"))
	require.Empty(s.t, s.polled(e.EnrollmentID))
	s.enqueue(e.EnrollmentID, uuid, "InviteToProgram")
	require.Empty(s.t, s.polled(e.EnrollmentID), "it is as over as before")
	require.NoError(s.t, s.MDM().Report(s.t.Context(), e.EnrollmentID, uuid, "Acknowledged", []byte("said")))
	require.Equal(s.t, []string{"Acknowledged"}, s.ended(e.EnrollmentID))
}

// queueWithdrawnNextOwner: the next user's own invitation is not held up.
func queueWithdrawnNextOwner(s *campus) {
	_, e, _ := s.waiting()
	b := s.user("B")
	_, err := s.UpdateDevice(s.t.Context(), actor, s.byUDID(e).ID, nil, func(d people.Device) (people.Device, error) {
		d.UserID = b.ID
		return d, nil
	})
	require.NoError(s.t, err)
	s.send(ofUser(b))
	uuid := s.queue(s.claim(b)[0])
	s.enqueue(e.EnrollmentID, uuid, "InviteToProgram")
	require.Equal(s.t, uuid, s.polled(e.EnrollmentID))
	require.Equal(s.t, []string{"", "Withdrawn"}, s.ended(e.EnrollmentID))
}

// queueWithdrawnYears: what is known of an invitation stays as long as its
// command waits, however long the device is away.
func queueWithdrawnYears(s *campus) {
	u, e, _ := s.waiting()
	require.NoError(s.t, s.CancelUser(s.t.Context(), actor, u.ID, "over"))
	s.clock.Advance(100 * day)
	require.NoError(s.t, s.Purge(s.t.Context()))
	require.Empty(s.t, s.polled(e.EnrollmentID))
	require.Equal(s.t, []string{"Withdrawn"}, s.ended(e.EnrollmentID))
}
