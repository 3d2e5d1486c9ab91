package appsbookssim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

func TestStateOutlivesTheServer(t *testing.T) {
	first := newPeer(t, appsbookssim.Options{Limits: fast})
	first.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: 3})
	first.AddAsset(org, appsbookssim.Asset{AdamID: "2", Total: 3, Book: true})
	first.Claim(org, appsbookssim.MDMInfo{ID: "1", Name: "n", Metadata: "m"})
	first.settle(t, "/users/create", `{"users":[{"clientUserId":"a"},{"clientUserId":"b"}]}`)
	require.NoError(t, first.Accept(first.code(t, "a"), "x@icloud.example"))
	first.settle(t, "/assets/associate", `{"assets":[{"adamId":"1"},{"adamId":"2"}],"clientUserIds":["a"]}`)
	state, err := first.Snapshot()
	require.NoError(t, err)

	second := newPeer(t, appsbookssim.Options{Limits: fast, Snapshot: state})
	second.token = first.token
	require.Equal(t, first.Users(org), second.Users(org))
	require.Equal(t, first.Assignments(org), second.Assignments(org))
	require.Equal(t, "n", second.ClaimedBy(org).Name)
	assets := func(p *peer) []any { return at[[]any](t, p.ask(t, "GET", "/assets", "").body, "assets") }
	require.Equal(t, assets(first), assets(second))
	require.ErrorIs(t, second.Accept(second.code(t, "b"), "x@icloud.example"), appsbookssim.ErrTaken)

	_, err = appsbookssim.New(appsbookssim.Options{Snapshot: []byte("{")})
	require.ErrorContains(t, err, "reading the state")
}

// TestStateIsKeptBeforeAnybodyIsTold takes what was kept as all that is left
// of a server that was killed.
func TestStateIsKeptBeforeAnybodyIsTold(t *testing.T) {
	var kept []byte
	times := 0
	first := newPeer(t, appsbookssim.Options{Limits: fast, Keep: func(state []byte) error {
		kept = state
		times++
		return nil
	}})
	first.settle(t, "/users/create", `{"users":[{"clientUserId":"a"}]}`)
	require.NoError(t, first.Accept(first.code(t, "a"), "x@icloud.example"))
	first.ask(t, "GET", "/users", "")
	second := newPeer(t, appsbookssim.Options{Limits: fast, Snapshot: kept})
	require.Equal(t, first.Users(org), second.Users(org))

	before := times
	first.ask(t, "GET", "/users", "")
	require.Equal(t, before, times, "nothing has changed")
}
