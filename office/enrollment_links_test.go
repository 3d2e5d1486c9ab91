package office_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// linkStore keeps the hashes that it is given.
type linkStore struct{ hash, codeHash []byte }

func (s *linkStore) CreateEnrollmentLink(_ context.Context, _ people.Actor, l people.EnrollmentLink, hash, codeHash []byte, life time.Duration) (people.EnrollmentLink, error) {
	s.hash, s.codeHash = hash, codeHash
	l.ExpiresAt = time.Unix(0, 0).Add(life)
	return l, nil
}

func TestLinksOpenWhatTheyAreKeptBy(t *testing.T) {
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	server := settings.DefaultMDMServer()
	kept := &linkStore{}
	links := office.Links{
		PublicURL: "https://heraut.example.org", Secrets: keys, Store: kept,
		MDM: func(context.Context) (settings.MDMServer, error) { return server, nil },
	}
	require.NoError(t, links.Check(t.Context()))
	link, err := links.New(t.Context(), people.System("test"), "u")
	require.NoError(t, err)
	require.Equal(t, "u", link.UserID)
	shown := links.Show(link)
	token, found := strings.CutPrefix(shown.URL, "https://heraut.example.org/enroll/")
	require.True(t, found, shown.URL)
	require.Equal(t, kept.hash, secrets.LinkHash(token))
	require.Equal(t, kept.codeHash, keys.CodeHash(shown.Code))
	require.Equal(t, time.Unix(0, 0).Add(7*24*time.Hour), shown.ExpiresAt)
	require.Equal(t, shown, links.Show(link), "the same each time")

	server.Mode = settings.MDMExternal
	require.True(t, fault.Is(links.Check(t.Context()), fault.Conflict), "devices enroll elsewhere")
	links.PublicURL = ""
	require.True(t, fault.Is(links.Check(t.Context()), fault.Conflict), "it would lead nowhere")
}
