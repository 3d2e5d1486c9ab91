package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/store"
)

func fingerprint(certificate []byte) string {
	sum := sha256.Sum256(certificate)
	return hex.EncodeToString(sum[:])
}

// enrollmentAgain: a device whose answer was lost is given the same again, and
// no other device is.
func enrollmentAgain(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	u := addUser(t, s, "u")
	link := enrollmentLink(t, s, u.ID)
	challenge, err := s.CreateChallenge(t.Context(), u.ID, link.ID, challengeLife)
	require.NoError(t, err)
	ask := func(key, certificate string) (string, error) {
		userID, issued, err := s.UseChallenge(t.Context(), challenge, []byte(key), []byte(certificate))
		if err == nil {
			require.Equal(t, u.ID, userID)
		}
		return string(issued), err
	}
	for _, certificate := range []string{"first", "second"} {
		issued, err := ask("key", certificate)
		require.NoError(t, err)
		require.Equal(t, "first", issued)
	}
	owner, err := s.CertificateUser(t.Context(), fingerprint([]byte("first")))
	require.NoError(t, err)
	require.Equal(t, u.ID, owner)
	_, err = s.CertificateUser(t.Context(), fingerprint([]byte("second")))
	requireCode(t, err, fault.NotFound)
	_, err = ask("another", "third")
	requireCode(t, err, fault.Forbidden)

	back := leave(t, s, u)
	_, err = ask("key", "first")
	requireCode(t, err, fault.Forbidden)
	back()
	_, err = ask("key", "first")
	require.NoError(t, err)
	clock.Advance(challengeLife)
	_, err = ask("key", "first")
	requireCode(t, err, fault.Forbidden)
}

// enrollmentAgainAtOnce: a device that asks twice at once has one certificate.
func enrollmentAgainAtOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	u := addUser(t, s, "u")
	challenge, err := s.CreateChallenge(t.Context(), u.ID, "", challengeLife)
	require.NoError(t, err)
	var mu sync.Mutex
	var all sync.WaitGroup
	given := map[string]int{}
	for _, certificate := range []string{"a", "b", "c", "d"} {
		all.Go(func() {
			_, issued, err := s.UseChallenge(t.Context(), challenge, []byte("key"), []byte(certificate))
			if err != nil {
				t.Errorf("using a challenge: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			given[string(issued)]++
		})
	}
	all.Wait()
	require.Len(t, given, 1)
}
