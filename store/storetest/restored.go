package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/store"
)

// restore notes, as a restore does, that everything waits; the answer lets it
// go on.
func (s *campus) restore() (lift func()) {
	s.t.Helper()
	require.NoError(s.t, s.KeepRestored(s.t.Context(), actor, store.Restored{Paused: []string{"send"}, HeldSince: s.clock.Now()}))
	kept, err := s.Restored(s.t.Context())
	require.NoError(s.t, err)
	require.Equal(s.t, store.Restored{Paused: []string{"send"}, HeldSince: s.clock.Now()}, kept)
	return func() {
		s.t.Helper()
		require.NoError(s.t, s.KeepRestored(s.t.Context(), actor, store.Restored{}))
	}
}

// bulkHeld: a bulk action from before a restore waits, one of a person who has
// seen it restored does not.
func bulkHeld(s *campus) {
	_, send := s.class(3)
	before, err := s.CreateBulk(s.t.Context(), actor, invitation.Cancel, invitation.Filter{})
	require.NoError(s.t, err)
	s.clock.Advance(time.Minute)
	lift := s.restore()
	s.clock.Advance(time.Minute)
	step, err := s.StepBulk(s.t.Context(), before.ID, 10)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.BulkStep{Held: true}, step)
	require.Equal(s.t, 3, s.again(send).Counts[invitation.Queued])

	after, err := s.CreateBulk(s.t.Context(), actor, invitation.Extend, invitation.Filter{})
	require.NoError(s.t, err)
	step, err = s.StepBulk(s.t.Context(), after.ID, 10)
	require.NoError(s.t, err)
	require.True(s.t, step.Finished)
	require.Len(s.t, step.Wake, 3)

	lift()
	step, err = s.StepBulk(s.t.Context(), before.ID, 10)
	require.NoError(s.t, err)
	require.True(s.t, step.Finished)
	require.Equal(s.t, 3, s.again(send).Counts[invitation.Cancelled])
}

// licensesHeld: nothing is asked of Apple about licenses after a restore, which
// may not know who has accepted since the backup.
func licensesHeld(l *library) {
	users := l.accepted("has", "lacks", "ends")
	g := l.group(users[0])
	l.assign(g, app)
	l.give(app)
	l.assign(g)
	l.assign(l.group(users[1]), app)
	require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, users[2].ID))
	lift := l.restore()

	require.Zero(l.t, l.planned())
	work := func() []content.LicenseWork {
		list, err := l.LicenseWork(l.t.Context(), place)
		require.NoError(l.t, err)
		return list
	}
	retiring := func() []content.NewAccount {
		list, err := l.ClaimRetiring(l.t.Context(), place, 10)
		require.NoError(l.t, err)
		return list
	}
	require.Empty(l.t, work())
	require.Empty(l.t, retiring())

	lift()
	require.Equal(l.t, content.PlannedLicenses{Releasing: 1, Waiting: 1}, l.planned())
	require.Len(l.t, work(), 1)
	require.Len(l.t, retiring(), 1)
}
