package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

const (
	linkLife      = 7 * 24 * time.Hour
	challengeLife = time.Hour
)

// enrollmentLink makes a link whose hashes are of its id.
func enrollmentLink(t *testing.T, s *store.Store, userID string) people.EnrollmentLink {
	t.Helper()
	id := uuid.NewString()
	l, err := s.CreateEnrollmentLink(t.Context(), actor, people.EnrollmentLink{ID: id, UserID: userID}, []byte("link "+id), []byte("code "+id), linkLife)
	require.NoError(t, err)
	return l
}

func enrollmentLinks(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	u, err := s.CreateUser(t.Context(), actor, people.User{FullName: "Zoë Ünal", Language: "nl"})
	require.NoError(t, err)
	for _, name := range []string{"Mac van Zoë", "iPad van Zoë"} {
		_, err := s.CreateDevice(t.Context(), actor, people.Device{Name: name, Platform: people.MacOS, UserID: u.ID})
		require.NoError(t, err)
	}
	made := enrollmentLink(t, s, u.ID)
	require.Equal(t, people.EnrollmentLink{
		ID: made.ID, UserID: u.ID, FullName: "Zoë Ünal", Language: "nl", Devices: []string{"iPad van Zoë", "Mac van Zoë"},
		CreatedAt: clock.Now(), ExpiresAt: clock.Now().Add(linkLife),
	}, made)
	for _, read := range []func() (people.EnrollmentLink, error){
		func() (people.EnrollmentLink, error) { return s.EnrollmentLink(t.Context(), made.ID) },
		func() (people.EnrollmentLink, error) { return s.EnrollmentByLink(t.Context(), []byte("link "+made.ID)) },
		func() (people.EnrollmentLink, error) { return s.EnrollmentByCode(t.Context(), []byte("code "+made.ID)) },
	} {
		got, err := read()
		require.NoError(t, err)
		require.Equal(t, made, got)
		require.True(t, got.Open())
	}
	_, err = s.EnrollmentByLink(t.Context(), []byte("code "+made.ID))
	requireCode(t, err, fault.NotFound)
	_, err = s.EnrollmentByCode(t.Context(), nil)
	requireCode(t, err, fault.NotFound)

	clock.Advance(linkLife)
	over, err := s.EnrollmentLink(t.Context(), made.ID)
	require.NoError(t, err)
	require.True(t, over.Expired)
	require.False(t, over.Open())
	clock.Advance(100 * 24 * time.Hour)
	enrollmentLink(t, s, u.ID)
	_, err = s.EnrollmentLink(t.Context(), made.ID)
	requireCode(t, err, fault.NotFound)
}

func enrollmentLinkOfNobody(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	_, err := s.CreateEnrollmentLink(t.Context(), actor, people.EnrollmentLink{ID: uuid.NewString(), UserID: uuid.NewString()}, []byte("a"), []byte("b"), linkLife)
	requireCode(t, err, fault.NotFound)
	u := addUser(t, s, "u")
	made := enrollmentLink(t, s, u.ID)
	challenge, err := s.CreateChallenge(t.Context(), u.ID, made.ID, challengeLife)
	require.NoError(t, err)
	earlier, err := s.CreateChallenge(t.Context(), u.ID, "", challengeLife)
	require.NoError(t, err)
	_, issued, err := s.UseChallenge(t.Context(), earlier, []byte("key"), []byte("certificate"))
	require.NoError(t, err)
	require.NoError(t, s.DeleteUser(t.Context(), actor, u.ID, nil))

	_, err = s.EnrollmentLink(t.Context(), made.ID)
	requireCode(t, err, fault.NotFound)
	_, err = s.CreateChallenge(t.Context(), u.ID, made.ID, challengeLife)
	requireCode(t, err, fault.NotFound)
	_, err = use(t, s, challenge)
	requireCode(t, err, fault.Forbidden)
	_, err = s.CertificateUser(t.Context(), fingerprint(issued))
	requireCode(t, err, fault.NotFound)
	_, _, err = s.UseChallenge(t.Context(), earlier, []byte("key"), []byte("certificate"))
	requireCode(t, err, fault.Forbidden)
}

// Who is disabled enrolls no device, with a link or a challenge of before
// either.
func enrollmentLinkOfTheDisabled(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	u := addUser(t, s, "u")
	made := enrollmentLink(t, s, u.ID)
	challenge, err := s.CreateChallenge(t.Context(), u.ID, made.ID, challengeLife)
	require.NoError(t, err)
	back := leave(t, s, u)

	_, err = s.CreateEnrollmentLink(t.Context(), actor, people.EnrollmentLink{ID: uuid.NewString(), UserID: u.ID}, []byte("a"), []byte("b"), linkLife)
	requireCode(t, err, fault.Conflict)
	_, err = s.EnrollmentByLink(t.Context(), []byte("link "+made.ID))
	requireCode(t, err, fault.NotFound)
	_, err = s.EnrollmentByCode(t.Context(), []byte("code "+made.ID))
	requireCode(t, err, fault.NotFound)
	_, err = s.CreateChallenge(t.Context(), u.ID, made.ID, challengeLife)
	requireCode(t, err, fault.Forbidden)
	_, err = use(t, s, challenge)
	requireCode(t, err, fault.Forbidden)

	back()
	_, err = use(t, s, challenge)
	require.NoError(t, err, "who was disabled by mistake goes on")
}

// use lets another device each time present a challenge.
func use(t *testing.T, s *store.Store, challenge string) (userID string, err error) {
	t.Helper()
	key := []byte(uuid.NewString())
	userID, issued, err := s.UseChallenge(t.Context(), challenge, key, append([]byte("certificate of "), key...))
	if err == nil {
		owner, err := s.CertificateUser(t.Context(), fingerprint(issued))
		require.NoError(t, err)
		require.Equal(t, userID, owner)
	}
	return userID, err
}

func enrollmentChallenges(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	u := addUser(t, s, "u")
	link := enrollmentLink(t, s, u.ID)
	challenge := func(linkID string) string {
		c, err := s.CreateChallenge(t.Context(), u.ID, linkID, challengeLife)
		require.NoError(t, err)
		return c
	}
	refused := func(c string) {
		_, err := use(t, s, c)
		requireCode(t, err, fault.Forbidden)
	}
	refused("")
	refused("strange")
	old := challenge(link.ID)
	clock.Advance(challengeLife)
	refused(old)

	first, second, without := challenge(link.ID), challenge(link.ID), challenge("")
	require.NotEqual(t, first, second)
	userID, err := use(t, s, second)
	require.NoError(t, err)
	require.Equal(t, u.ID, userID)
	refused(second)
	refused(first) // its link is used up
	used, err := s.EnrollmentLink(t.Context(), link.ID)
	require.NoError(t, err)
	require.Equal(t, clock.Now(), used.UsedAt)
	require.False(t, used.Open())
	userID, err = use(t, s, without)
	require.NoError(t, err)
	require.Equal(t, u.ID, userID)

	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: link.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, log.Items, 2)
	require.Equal(t, "enrollment_link.use", log.Items[0].Action)
	require.Equal(t, people.ActorUser, log.Items[0].Actor.Kind)
}

func enrollmentChallengeAtOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	u := addUser(t, s, "u")
	link := enrollmentLink(t, s, u.ID)
	var won atomic.Int32
	var all sync.WaitGroup
	for range 4 { // as many devices, each with a profile of its own
		c, err := s.CreateChallenge(t.Context(), u.ID, link.ID, challengeLife)
		require.NoError(t, err)
		for range 3 { // each of them twice too often
			all.Go(func() {
				if _, err := use(t, s, c); err == nil {
					won.Add(1)
				}
			})
		}
	}
	all.Wait()
	require.EqualValues(t, 1, won.Load())
}
