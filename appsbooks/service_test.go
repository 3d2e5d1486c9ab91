package appsbooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestServiceConfigIsKeptAndReadAgain(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{Limits: map[string]int{"maxUsers": 7}})
	for range 3 {
		s, err := p.client.Service(t.Context())
		require.NoError(t, err)
		require.Equal(t, 7, s.Limits.Users)
		require.Equal(t, 25, s.Limits.Assets)
		require.Contains(t, s.NotificationTypes, "USER_ASSOCIATED")
	}
	require.Equal(t, 1, p.paths("/service/config"), "read once within five minutes")

	hasty := p.another(t, p.token)
	hasty.SetServiceAge(0)
	_, err := hasty.Service(t.Context())
	require.NoError(t, err)
	p.apple.SetLimit("maxUsers", 9)
	s, err := hasty.Service(t.Context())
	require.NoError(t, err)
	require.Equal(t, 9, s.Limits.Users)

	p.script(t, appsbookssim.Rule{Path: "/service/config", Status: 500, Body: "oops"})
	p.apple.SetLimit("maxUsers", 11)
	s, err = hasty.Service(t.Context())
	require.NoError(t, err, "the older one serves on")
	require.Equal(t, 9, s.Limits.Users)
	_, err = p.another(t, p.token).Service(t.Context())
	require.Equal(t, appsbooks.Retry, asError(t, err).Class, "there is no older one")
}

func TestUsersAreSentInChunks(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	p.create(t, newUsers(250)...)
	var sizes []int
	for _, r := range p.apple.Requests() {
		if r.Path == "/users/create" {
			sizes = append(sizes, r.Elements)
		}
	}
	require.Equal(t, []int{100, 100, 50}, sizes)
	require.Len(t, p.apple.Users(org), 250)
}

func TestChangedLimitsCutAnew(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	_, err := p.client.Service(t.Context())
	require.NoError(t, err)
	p.apple.SetLimit("maxUsers", 40)
	events := p.create(t, newUsers(250)...)
	require.Len(t, events, 8, "each of 100, 100 and 50 was cut in forties")
	require.Len(t, p.apple.Users(org), 250)
	require.Equal(t, 2, p.paths("/service/config"))
	require.Equal(t, 9, p.paths("/users/create"))

	// 9602 means the same, as long as the limits have changed; else the input.
	p.script(t, appsbookssim.Rule{Path: "/users/update", Status: 400, Number: 9602, Count: 1})
	p.apple.SetLimit("maxUsers", 30)
	done, err := p.client.UpdateUsers(t.Context(), newUsers(40))
	require.NoError(t, err)
	require.Len(t, done, 2)
	p.script(t, appsbookssim.Rule{Path: "/users/update", Skip: 1, Status: 400, Number: 9602})
	done, err = p.client.UpdateUsers(t.Context(), newUsers(40))
	require.Equal(t, appsbooks.InvalidArgument, asError(t, err).Number)
	require.Len(t, done, 1, "what was taken stands")
}
