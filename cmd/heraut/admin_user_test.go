package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/internal/testkit"
	"heraut/people"
)

// tokenOf is the secret of a one-time link.
func tokenOf(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(strings.TrimSpace(link))
	require.NoError(t, err)
	require.NotEmpty(t, u.Query().Get("token"), link)
	return u.Query().Get("token")
}

func TestCreateUser(t *testing.T) {
	s := newOffice(t)
	link := done(t, "admin", "create-user", "--data", s.data, "--public-url", "https://heraut.example.org", "--name", "Bram", "--login", "bram@school.example", "--role", "operator")
	require.True(t, strings.HasPrefix(link, "https://heraut.example.org/set-passphrase?token="), link)
	a, err := s.store.UseSignInLink(t.Context(), secrets.LinkHash(tokenOf(t, link)), people.Administrator{}, "hash")
	require.NoError(t, err)
	require.Equal(t, people.Operator, a.Role)

	r := cli(t, "admin", "create-user", "--data", s.data, "--name", "Bram", "--login", "BRAM@school.example")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "--reset")
	reset := done(t, "admin", "create-user", "--data", s.data, "--reset", "--login", "Bram@School.example")
	require.True(t, strings.HasPrefix(reset, "http://127.0.0.1:8080/set-passphrase?token="), reset)
	again, err := s.store.UseSignInLink(t.Context(), secrets.LinkHash(tokenOf(t, reset)), people.Administrator{}, "other")
	require.NoError(t, err)
	require.Equal(t, a.ID, again.ID)
	require.Equal(t, people.Operator, again.Role)

	for _, wrong := range [][]string{
		{"--name", "x"}, {"--login", "x"}, {"--name", "x", "--login", "a b"}, {"--name", "x", "--login", "x", "--role", "king"}, {"--reset"},
	} {
		require.Equal(t, exitUsage, cli(t, append([]string{"admin", "create-user", "--data", s.data}, wrong...)...).code, wrong)
	}
	r = cli(t, "admin", "create-user", "--data", s.data, "--reset", "--login", "nobody")
	require.Equal(t, exitFailed, r.code)
	require.Contains(t, r.errs, "nobody has this login")
}

func TestCreateUserWritesAFile(t *testing.T) {
	address, file := testkit.Postgres(t), filepath.Join(t.TempDir(), "link")
	done(t, "migrate", "--database-url", address, "--secrets-file", filepath.Join(t.TempDir(), "secrets"))
	out := done(t, "admin", "create-user", "--database-url", address, "--name", "Zoë", "--login", "zoe", "--file", file, "--json")
	var made newUser
	require.NoError(t, json.Unmarshal([]byte(out), &made))
	require.Empty(t, made.Link)
	require.Equal(t, people.Admin, made.Role)
	require.NotZero(t, made.ExpiresAt)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	link, err := os.ReadFile(file)
	require.NoError(t, err)
	tokenOf(t, string(link))
	r := cli(t, "admin", "create-user", "--database-url", address, "--name", "x", "--login", "x", "--file", file)
	require.Equal(t, exitFailed, r.code, "a file that is there is kept")
}
