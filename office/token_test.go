package office_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// appleSays is an Apple that says this of every token, and counts claims.
type appleSays struct {
	token  settings.ContentToken
	claims []bool // whether each was to take over
}

func (a *appleSays) Read(context.Context, string) (settings.ContentToken, []byte, error) {
	return a.token, []byte("secret"), nil
}

func (a *appleSays) Claim(_ context.Context, _ []byte, takeOver bool) (settings.ContentToken, error) {
	a.claims = append(a.claims, takeOver)
	return a.token, nil
}

// installed are the content tokens that are there.
type installed []settings.InstalledToken

func (i installed) ContentTokens(context.Context) ([]settings.InstalledToken, error) { return i, nil }

func (installed) RemoveContentToken(context.Context, people.Actor, string, bool) error { return nil }

func TestTokenWithoutALocationIsNotInstalled(t *testing.T) {
	kept, apple := newCabinet(), &appleSays{token: settings.ContentToken{Organization: "School"}}
	s := office.Settings{Store: kept, Tokens: installed(nil), Apple: apple}
	_, err := s.PutToken(t.Context(), setup, "file", true)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	require.ErrorContains(t, err, "which location")
	require.Empty(t, apple.claims)
	require.Empty(t, kept.docs)
}
