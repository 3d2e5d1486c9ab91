package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

const idle = 10 * time.Minute

// session is one of an administrator that may last an hour.
func session(a people.Administrator) people.Session {
	return people.Session{AdministratorID: a.ID, Epoch: a.Epoch, Data: "data of " + a.Login, OverAt: NewClock().Now().Add(time.Hour), Idle: idle}
}

func requireSession(t *testing.T, s *store.Store, hash string, want bool) {
	t.Helper()
	_, found, err := s.FindSession(t.Context(), hash, idle)
	require.NoError(t, err)
	require.Equal(t, want, found, "session %s", hash)
}

func keepSessions(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	ctx := t.Context()
	a := addAdmin(t, s, "a", people.Viewer)
	requireSession(t, s, "phone", false)
	require.NoError(t, s.SaveSession(ctx, "phone", session(a)))
	require.NoError(t, s.SaveSession(ctx, "desk", session(a)))
	data, found, err := s.FindSession(ctx, "phone", idle)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "data of a", data)
	seen, err := s.Administrator(ctx, a.ID)
	require.NoError(t, err)
	require.Equal(t, clock.Now(), seen.LastSeenAt)

	require.NoError(t, s.DeleteSession(ctx, "phone"))
	require.NoError(t, s.DeleteSession(ctx, "phone"))
	requireSession(t, s, "phone", false)
	requireSession(t, s, "desk", true)

	nobody := people.Session{Data: "on the way", OverAt: clock.Now().Add(time.Hour), Idle: idle}
	require.NoError(t, s.SaveSession(ctx, "new", nobody))
	requireSession(t, s, "new", true)
	gone := session(a)
	gone.AdministratorID = "nobody"
	requireCode(t, s.SaveSession(ctx, "gone", gone), fault.Conflict)
	require.NoError(t, s.NoteSignIn(ctx, a, "sign_in"))
	log, err := s.ListAudit(ctx, people.AuditFilter{TargetID: a.ID}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, "administrator.sign_in", log.Items[0].Action)
}

func sessionsEnd(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	a := addAdmin(t, s, "a", people.Viewer)
	require.NoError(t, s.SaveSession(t.Context(), "used", session(a)))
	require.NoError(t, s.SaveSession(t.Context(), "left", session(a)))
	for range 5 {
		clock.Advance(idle - time.Second)
		requireSession(t, s, "used", true)
	}
	requireSession(t, s, "left", false) // nobody used it for idle
	seen, err := s.Administrator(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, clock.Now(), seen.LastSeenAt)
	clock.Advance(idle - time.Second)
	requireSession(t, s, "used", true)
	clock.Advance(time.Minute)
	requireSession(t, s, "used", false) // an hour is over, however much it was used
}

func sessionsRevoked(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	other := addAdmin(t, s, "other", people.Admin)
	require.NoError(t, s.SaveSession(ctx, "other", session(other)))
	for name, end := range map[string]func(a people.Administrator) error{
		"passphrase": func(a people.Administrator) error { _, err := s.SetPassphrase(ctx, actor, a.ID, "new"); return err },
		"role": func(a people.Administrator) error {
			_, err := s.UpdateAdministrator(ctx, actor, a.ID, nil, withRole(people.Operator))
			return err
		},
		"deletion": func(a people.Administrator) error { return s.DeleteAdministrator(ctx, actor, a.ID, nil) },
	} {
		a := addAdmin(t, s, name, people.Viewer)
		require.NoError(t, s.SaveSession(ctx, name+" 1", session(a)))
		require.NoError(t, s.SaveSession(ctx, name+" 2", session(a)))
		require.NoError(t, end(a))
		requireSession(t, s, name+" 1", false)
		requireSession(t, s, name+" 2", false)
		requireSession(t, s, "other", true)
	}
}

// sessionEndedMeanwhile: noting that a session is used must not bring one back
// that another request ended.
func sessionEndedMeanwhile(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	a := addAdmin(t, s, "a", people.Viewer)
	require.NoError(t, s.SaveSession(t.Context(), "x", session(a)))
	clock.Advance(2 * time.Minute)
	done := make(chan error)
	go func() {
		_, _, err := s.FindSession(t.Context(), "x", idle)
		done <- err
	}()
	require.NoError(t, s.DeleteSession(t.Context(), "x"))
	require.NoError(t, <-done)
	requireSession(t, s, "x", false)
}

// sessionOfAnEarlierEpoch: a sign-in that was checked just before the
// passphrase changed does not outlive the change.
func sessionOfAnEarlierEpoch(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	a := addAdmin(t, s, "a", people.Viewer)
	changed, err := s.SetPassphrase(t.Context(), actor, a.ID, "new")
	require.NoError(t, err)
	require.NoError(t, s.SaveSession(t.Context(), "late", session(a)))
	requireSession(t, s, "late", false)
	require.NoError(t, s.SaveSession(t.Context(), "now", session(changed)))
	requireSession(t, s, "now", true)
}

func forgetSignIns(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	ctx := t.Context()
	a := addAdmin(t, s, "a", people.Viewer)
	require.NoError(t, s.SaveSession(ctx, "x", session(a)))
	_, err := s.CreateSignInLink(ctx, actor, a.ID, []byte("link"), time.Hour)
	require.NoError(t, err)
	clock.Advance(time.Hour + time.Second)
	require.NoError(t, s.Purge(ctx))
	_, err = s.SignInLink(ctx, []byte("link"))
	require.NoError(t, err, "its page can still say that it is over")
	clock.Advance(7 * 24 * time.Hour)
	require.NoError(t, s.Purge(ctx))
	_, err = s.SignInLink(ctx, []byte("link"))
	requireCode(t, err, fault.NotFound)
}

func endSignIns(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	a := addAdmin(t, s, "a", people.Viewer)
	require.NoError(t, s.SaveSession(t.Context(), "x", session(a)))
	_, err := s.CreateSignInLink(t.Context(), actor, a.ID, []byte("link"), time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.EndSignIns(t.Context()))
	requireSession(t, s, "x", false)
	_, err = s.SignInLink(t.Context(), []byte("link"))
	requireCode(t, err, fault.NotFound)
	_, _, err = s.Credentials(t.Context(), "a")
	require.NoError(t, err, "accounts stay")
}
