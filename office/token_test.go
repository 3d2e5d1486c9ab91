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

// TestOrganizationsOfTokens: renewing a location's token needs no take_over,
// which would end the guard against another service's claim as well.
func TestOrganizationsOfTokens(t *testing.T) {
	there := installed{
		{ContentToken: settings.ContentToken{Organization: "A", UID: "1"}, Name: settings.NameContentToken, Version: 1},
		{ContentToken: settings.ContentToken{Organization: "B", UID: "2", Rank: 1}, Name: settings.NameTokenOf("2"), Version: 1},
	}
	for name, c := range map[string]struct {
		given   settings.ContentToken
		there   installed
		refused bool
	}{
		"the first token":                    {given: settings.ContentToken{Organization: "C", UID: "3"}},
		"the second location's, renewed":     {given: settings.ContentToken{Organization: "B", UID: "2"}, there: there},
		"renewed under another name":         {given: settings.ContentToken{Organization: "A of today", UID: "1"}, there: there},
		"a third location of the second one": {given: settings.ContentToken{Organization: "B", UID: "3"}, there: there},
		"another organization":               {given: settings.ContentToken{Organization: "C", UID: "3"}, there: there, refused: true},
	} {
		kept, apple := newCabinet(), &appleSays{token: c.given}
		s := office.Settings{Store: kept, Tokens: c.there, Apple: apple}
		_, err := s.PutToken(t.Context(), setup, "file", false)
		if c.refused {
			require.True(t, fault.Is(err, fault.Conflict), "%s: %v", name, err)
			require.Empty(t, apple.claims, name)
			require.Empty(t, kept.docs, name)
			_, err = s.PutToken(t.Context(), setup, "file", true)
			require.NoError(t, err, name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, []bool{false}, apple.claims, name)
		require.Len(t, kept.docs, 1, name)
	}
}
