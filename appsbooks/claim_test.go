package appsbooks_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

var stranger = appsbookssim.MDMInfo{ID: "other-1", Name: "Other MDM", Metadata: "mdm.example"}

func claimedBy(t *testing.T, err error) appsbooks.MDMInfo {
	t.Helper()
	e, ok := errors.AsType[*appsbooks.ClaimedError](err)
	require.True(t, ok, "%v", err)
	return e.Owner
}

func TestClaimALocation(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	before, err := p.client.ClientConfig(t.Context())
	require.NoError(t, err)
	require.Nil(t, before.Owner)
	require.Equal(t, org, before.Location)
	require.Equal(t, p.token.ExpiresAt, before.TokenExpires)
	require.False(t, p.client.Owns(before))

	for range 2 { // twice is harmless
		claimed, err := p.client.Claim(t.Context(), appsbooks.Subscription{}, false)
		require.NoError(t, err)
		require.True(t, p.client.Owns(claimed))
	}
	require.Equal(t, "heraut-1", p.apple.ClaimedBy(org).ID)

	// A second token of the organization is for the same library.
	again, err := appsbooks.ParseToken(p.apple.Token(org, p.token.ExpiresAt))
	require.NoError(t, err)
	second, err := p.another(t, again).ClientConfig(t.Context())
	require.NoError(t, err)
	require.Equal(t, before.UID, second.UID)
}

func TestLocationOfAnotherServiceIsLeftAlone(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	p.apple.Claim(org, stranger)
	config, err := p.client.Claim(t.Context(), appsbooks.Subscription{}, false)
	require.Equal(t, appsbooks.MDMInfo(stranger), claimedBy(t, err))
	require.ErrorContains(t, err, "managed by another service: Other MDM (mdm.example)")
	require.Equal(t, "Other MDM", config.Owner.Name)
	require.Equal(t, stranger, p.apple.ClaimedBy(org))

	_, err = p.client.CreateUsers(t.Context(), newUsers(1))
	claimedBy(t, err)
	require.Zero(t, p.paths("/users/create"), "nothing is written")

	_, err = p.client.Claim(t.Context(), appsbooks.Subscription{}, true)
	require.NoError(t, err)
	require.Equal(t, "heraut-1", p.apple.ClaimedBy(org).ID)
	p.create(t, newUsers(1)...)
}

func TestLocationThatIsTakenAway(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{Limits: map[string]int{"maxUsers": 2}})
	_, err := p.client.Claim(t.Context(), appsbooks.Subscription{}, false)
	require.NoError(t, err)
	p.apple.Claim(org, stranger)

	// The answer to a write tells it; what was taken is not lost.
	done, err := p.client.CreateUsers(t.Context(), newUsers(4))
	require.Equal(t, "other-1", claimedBy(t, err).ID)
	require.Len(t, done, 1)
	require.NotEmpty(t, done[0].EventID)
	require.Equal(t, 1, p.paths("/users/create"))

	// So does the answer to a reading, and again until it is ours.
	for range 2 {
		_, err = p.client.Users(t.Context(), appsbooks.UserQuery{}, func([]appsbooks.User) error { return nil })
		claimedBy(t, err)
	}
	_, err = p.client.Revoke(t.Context(), appsbooks.Targets{ClientUserIDs: []string{"x"}})
	claimedBy(t, err)
	require.Zero(t, p.paths("/assets/revoke"))

	p.apple.Claim(org, appsbookssim.MDMInfo{ID: "heraut-1", Name: "Heraut", Metadata: "test"})
	_, err = p.client.EventStatus(t.Context(), done[0].EventID)
	require.NoError(t, err)
	p.create(t, newUsers(6)[4:]...)
}

func TestClaimWithWordsThatAppleRefuses(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	for _, s := range []appsbooks.Subscription{
		{URL: "https://heraut.example/apple"},
		{Token: "secret-1"},
		{URL: "http://heraut.example/apple", Token: "secret-1"},
		{URL: "https://heraut.example/apple?x=1", Token: "secret-1"},
	} {
		_, err := p.client.Claim(t.Context(), s, false)
		require.ErrorContains(t, err, "subscribing to notifications")
		require.NotContains(t, err.Error(), "secret-1")
	}
	require.Empty(t, p.apple.Requests())

	_, err := p.client.Claim(t.Context(), appsbooks.Subscription{URL: "https://127.0.0.1:1/apple", Token: "secret-1"}, false)
	require.Equal(t, appsbooks.URLUnreachable, asError(t, err).Number)
	require.Zero(t, p.apple.ClaimedBy(org), "all or nothing")
}
