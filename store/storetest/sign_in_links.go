package storetest

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

var firstAdmin = people.Administrator{Name: "First", Login: "first@example.org"}

func firstLink(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	ctx := t.Context()
	link, err := s.CreateSignInLink(ctx, actor, "", []byte("one"), time.Hour)
	require.NoError(t, err)
	require.True(t, link.First() && link.Open())
	require.Equal(t, clock.Now().Add(time.Hour), link.ExpiresAt)
	_, err = s.CreateSignInLink(ctx, actor, "", []byte("two"), time.Hour)
	require.NoError(t, err)
	_, err = s.SignInLink(ctx, []byte("one"))
	requireCode(t, err, fault.NotFound) // the newest alone counts

	_, err = s.UseSignInLink(ctx, []byte("two"), people.Administrator{Name: "", Login: "x"}, "hash")
	requireCode(t, err, fault.InvalidRequest)
	read, err := s.SignInLink(ctx, []byte("two"))
	require.NoError(t, err)
	require.True(t, read.Open(), "a mistake in the form does not use the link up")

	a, err := s.UseSignInLink(ctx, []byte("two"), firstAdmin, "hash")
	require.NoError(t, err)
	require.Equal(t, people.Admin, a.Role)
	require.True(t, a.HasPassphrase)
	_, err = s.UseSignInLink(ctx, []byte("two"), people.Administrator{Name: "x", Login: "x"}, "hash")
	requireCode(t, err, fault.Conflict)
	_, err = s.CreateSignInLink(ctx, actor, "", []byte("three"), time.Hour)
	requireCode(t, err, fault.Conflict)
}

func firstLinkAtOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	_, err := s.CreateSignInLink(t.Context(), actor, "", []byte("one"), time.Hour)
	require.NoError(t, err)
	var won atomic.Int32
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			if _, err := s.UseSignInLink(t.Context(), []byte("one"), people.Administrator{Name: "x", Login: strconv.Itoa(n)}, "hash"); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
	page, err := s.ListAdministrators(t.Context(), people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
}

func invitedLink(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	ctx := t.Context()
	a, err := s.CreateAdministrator(ctx, actor, people.Administrator{Name: "A", Login: "a", Role: people.Viewer})
	require.NoError(t, err)
	_, err = s.CreateSignInLink(ctx, actor, "nobody", []byte("x"), time.Hour)
	requireCode(t, err, fault.NotFound)
	link, err := s.CreateSignInLink(ctx, actor, a.ID, []byte("one"), time.Hour)
	require.NoError(t, err)
	require.Equal(t, a, link.Administrator)
	require.NoError(t, s.SaveSession(ctx, "browser", session(a)))
	got, err := s.UseSignInLink(ctx, []byte("one"), people.Administrator{Name: "ignored", Login: "ignored", Role: people.Admin}, "hash")
	require.NoError(t, err)
	require.Equal(t, people.Viewer, got.Role, "a link gives nobody another role")
	_, hash, err := s.Credentials(ctx, "a")
	require.NoError(t, err)
	require.Equal(t, "hash", hash)
	requireSession(t, s, "browser", false)

	_, err = s.CreateSignInLink(ctx, actor, a.ID, []byte("two"), time.Hour)
	require.NoError(t, err)
	require.NoError(t, s.DeleteAdministrator(ctx, actor, a.ID, nil))
	_, err = s.SignInLink(ctx, []byte("two"))
	requireCode(t, err, fault.NotFound)
}

func linkIsOver(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	_, err := s.CreateSignInLink(t.Context(), actor, "", []byte("one"), time.Hour)
	require.NoError(t, err)
	clock.Advance(time.Hour)
	link, err := s.SignInLink(t.Context(), []byte("one"))
	require.NoError(t, err)
	require.True(t, link.Expired)
	_, err = s.UseSignInLink(t.Context(), []byte("one"), firstAdmin, "hash")
	requireCode(t, err, fault.Conflict) // exactly at its end
	_, err = s.UseSignInLink(t.Context(), []byte("never made"), firstAdmin, "hash")
	requireCode(t, err, fault.NotFound)
}
