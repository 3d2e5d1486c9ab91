package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func answerOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	claim, err := s.ClaimRequest(t.Context(), "key-1", "abc", "hash")
	require.NoError(t, err)
	require.Nil(t, claim.Answer)
	require.Empty(t, claim.MadeID)

	_, err = s.ClaimRequest(t.Context(), "key-1", "abc", "hash")
	requireCode(t, err, fault.RequestInProgress)
	_, err = s.ClaimRequest(t.Context(), "key-1", "abc", "other")
	requireCode(t, err, fault.IdempotencyKeyReused)
	_, err = s.ClaimRequest(t.Context(), "key-2", "abc", "other")
	require.NoError(t, err, "keys of another API key are its own")

	answer := people.Answer{Status: 201, Header: map[string]string{"Location": "/v1/users/1"}, Body: []byte(`{"id":"1"}`)}
	require.NoError(t, s.FinishRequest(t.Context(), claim, answer))
	again, err := s.ClaimRequest(t.Context(), "key-1", "abc", "hash")
	require.NoError(t, err)
	require.Equal(t, &answer, again.Answer)
	_, err = s.ClaimRequest(t.Context(), "key-1", "abc", "other")
	requireCode(t, err, fault.IdempotencyKeyReused)
}

func forgetAfterADay(t *testing.T, s *store.Store, c *Clock) {
	t.Helper()
	claim, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	require.NoError(t, s.FinishRequest(t.Context(), claim, people.Answer{Status: 204}))
	c.Advance(23 * time.Hour)
	again, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	require.Equal(t, 204, again.Answer.Status)
	require.Empty(t, again.Answer.Body)
	c.Advance(time.Hour)
	again, err = s.ClaimRequest(t.Context(), "k", "abc", "other")
	require.NoError(t, err)
	require.Nil(t, again.Answer)
}

// answerLost plays a process that dies between its effect and its answer.
func answerLost(t *testing.T, s *store.Store, c *Clock) {
	t.Helper()
	claim, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	u, err := s.CreateUser(s.WithClaim(t.Context(), claim), actor, people.User{FullName: "Jan"})
	require.NoError(t, err)

	require.NoError(t, s.ReleaseRequest(t.Context(), claim), "what took effect is not released")
	c.Advance(59 * time.Second)
	_, err = s.ClaimRequest(t.Context(), "k", "abc", "hash")
	requireCode(t, err, fault.RequestInProgress)
	c.Advance(time.Second)
	again, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	require.Equal(t, []string{"user", u.ID}, []string{again.MadeKind, again.MadeID})
	require.NoError(t, s.FinishRequest(t.Context(), claim, people.Answer{Status: 500}), "the first comes too late")
	require.NoError(t, s.FinishRequest(t.Context(), again, people.Answer{Status: 201}))
	last, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	require.Equal(t, 201, last.Answer.Status)
}

// claimTakenOver plays a process that was only slow: it may change nothing
// once another runs its request.
func claimTakenOver(t *testing.T, s *store.Store, c *Clock) {
	t.Helper()
	slow, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	c.Advance(time.Minute)
	fast, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	_, err = s.CreateUser(s.WithClaim(t.Context(), slow), actor, people.User{FullName: "slow"})
	requireCode(t, err, fault.RequestInProgress)
	_, err = s.CreateUser(s.WithClaim(t.Context(), fast), actor, people.User{FullName: "fast"})
	require.NoError(t, err)
	page, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Equal(t, []string{"fast"}, names(page.Items, userName))
}

func releaseRequest(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	claim, err := s.ClaimRequest(t.Context(), "k", "abc", "hash")
	require.NoError(t, err)
	_, err = s.CreateUser(s.WithClaim(t.Context(), claim), actor, people.User{})
	requireCode(t, err, fault.InvalidRequest)
	require.NoError(t, s.ReleaseRequest(t.Context(), claim))
	_, err = s.ClaimRequest(t.Context(), "k", "abc", "mended")
	require.NoError(t, err)
}

func claimAtOnce(t *testing.T, s *store.Store, _ *Clock) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		wg.Go(func() { _, errs[i] = s.ClaimRequest(t.Context(), "k", "abc", "hash") })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		requireCode(t, err, fault.RequestInProgress)
	}
	require.Equal(t, 1, won)
}
